/**
 * From what a model says to the probability that it really means, learnt from a reference with outcomes: an isotonic function
 * for each class. Whether it does better than the model's own word is judged on rows that it has not seen, in folds; when it
 * does not, the model's word is kept.
 */
import { calibrationError } from '../../../../stats/calibration-error.ts'
import { clamp } from '../../../../stats/estimate.ts'
import { fitIsotonic, type Isotonic, isotonicAt, isotonicBlockAt } from '../../../../stats/isotonic.ts'
import { createRandom } from '../../../../stats/random.ts'

/** Shown with the estimator. */
const FOLDS = 5
const SEED = 20_010_131

/** As JSON has it. */
export interface Calibrators {
  /** One for each class, or one for a yes-or-no output. */
  readonly functions: readonly Isotonic[]
  /** False when the model's own word was better. */
  readonly isUsed: boolean
  /** Mean calibration error over the classes, of the model and of the functions on rows they have not seen. */
  readonly errorBefore: number
  readonly errorAfter: number
}

/** @param said, happened Per class, shape [n]; happened is 0 or 1. */
export function fitCalibrators(said: readonly Float64Array[], happened: readonly Float64Array[]): Calibrators {
  const functions = said.map((column, k) => fitIsotonic(column, happened[k]!))
  const isProbable = said.every((column) => column.every((p) => p >= 0 && p <= 1))
  const errorAfter = meanError(unseen(said, happened), happened)
  const errorBefore = isProbable ? meanError(said, happened) : 1
  return { functions, isUsed: !isProbable || errorAfter < errorBefore, errorBefore, errorAfter }
}

const meanError = (said: readonly Float64Array[], happened: readonly Float64Array[]): number =>
  said.reduce((sum, column, k) => sum + calibrationError(column, happened[k]!).value, 0) / said.length

/** Each row by functions that were fitted without its fold. */
function unseen(said: readonly Float64Array[], happened: readonly Float64Array[]): Float64Array[] {
  const random = createRandom(SEED)
  const folds = Int32Array.from(said[0]!, () => Math.floor(random() * FOLDS))
  const calibrated = said.map((column) => new Float64Array(column.length))
  for (let fold = 0; fold < FOLDS; fold++)
    said.forEach((column, k) => {
      const isOther = (_: number, i: number) => folds[i] !== fold
      const fitted = fitIsotonic(column.filter(isOther), happened[k]!.filter(isOther))
      column.forEach((p, i) => folds[i] === fold && (calibrated[k]![i] = isotonicAt(fitted, p)))
    })
  return normalised(calibrated)
}

/** The probability of each class in each row. Several classes add up to 1. */
export function calibrate({ functions, isUsed }: Calibrators, said: readonly Float64Array[]): readonly Float64Array[] {
  if (!isUsed) return said
  return normalised(said.map((column, k) => column.map((p) => clamp(isotonicAt(functions[k]!, p), 0, 1))))
}

function normalised(columns: Float64Array[]): Float64Array[] {
  if (columns.length === 1) return columns
  for (let i = 0; i < columns[0]!.length; i++) {
    const sum = columns.reduce((total, column) => total + column[i]!, 0)
    for (const column of columns) column[i] = sum > 0 ? column[i]! / sum : 1 / columns.length
  }
  return columns
}

/**
 * What the finite reference adds to the variance of a metric: the share of outcomes in a block of the reference is itself a
 * sample, and moves all rows of the block together. @param gradients As in Expected.
 */
export function referenceVariance(
  { functions }: Calibrators,
  said: readonly Float64Array[],
  gradients: readonly Float64Array[],
): number {
  let variance = 0
  functions.forEach((fitted, k) => {
    const moved = new Float64Array(fitted.weights.length)
    said[k]!.forEach((p, i) => (moved[isotonicBlockAt(fitted, p)]! += gradients[k]![i]!))
    const shares = new Float64Array(fitted.weights.length)
    fitted.blocks.forEach((block, knot) => (shares[block] = fitted.values[knot]!))
    moved.forEach((sum, block) => {
      const rows = fitted.weights[block]!
      // One more row of each kind stands for what a block in which all agree has not seen.
      const share = (shares[block]! * rows + 1) / (rows + 2)
      variance += (sum * sum * share * (1 - share)) / rows
    })
  })
  return variance
}
