/**
 * Metrics of an output of several classes in expectation: row i was class k with probability c_ik. As in expected-binary.ts.
 */
import { LOG_MIN, type Expected } from './expected.ts'

export interface ClassPredictions {
  /** Index of the chosen class, shape [n]. */
  readonly predicted: Int32Array
  /** What the model said, per class. */
  readonly probabilities: readonly Float64Array[]
}

type ExpectedMetric = (said: ClassPredictions, happened: readonly Float64Array[]) => Expected

/** The plain mean over the classes of a share of each, with its change for an outcome among its chosen rows and elsewhere. */
const overClasses =
  (
    share: (right: number, all: number, chosen: number) => readonly [value: number, onChosen: number, elsewhere: number],
  ): ExpectedMetric =>
  ({ predicted }, happened) => {
    const shares = happened.map((column, k) => {
      let [right, all, chosen] = [0, 0, 0]
      column.forEach((c, i) => {
        all += c
        if (predicted[i] !== k) return
        right += c
        chosen++
      })
      return all + chosen > 0 ? share(right, all, chosen) : undefined
    })
    const present = shares.filter((found) => found !== undefined).length
    const value = shares.reduce((sum, found) => sum + (found?.[0] ?? 0), 0) / present
    const gradients = shares.map((found, k) =>
      Float64Array.from(predicted, (code) => (found === undefined ? 0 : code === k ? found[1] : found[2]) / present),
    )
    return { value, gradients }
  }

/** The mean over rows of a loss that depends on the class that happened. */
const ofLosses =
  (loss: (said: number, squares: number) => number): ExpectedMetric =>
  ({ predicted, probabilities }, happened) => {
    const squares = Float64Array.from(predicted, (_, i) => probabilities.reduce((sum, column) => sum + column[i]! ** 2, 0))
    let sum = 0
    const gradients = happened.map((column, k) =>
      column.map((c, i) => {
        const own = loss(probabilities[k]![i]!, squares[i]!)
        sum += c * own
        return own / column.length
      }),
    )
    return { value: sum / predicted.length, gradients }
  }

/** By metric; what is absent has no expectation without outcomes. NaN where a metric has no value. */
export const expectedClasses: Readonly<Record<string, ExpectedMetric>> = {
  accuracy: ({ predicted }, happened) => {
    const share = 1 / predicted.length
    const gradients = happened.map((_, k) => Float64Array.from(predicted, (code) => (code === k ? share : 0)))
    return { value: predicted.reduce((sum, code, i) => sum + happened[code]![i]! * share, 0), gradients }
  },
  f1: overClasses((right, all, chosen) => {
    const sum = all + chosen
    return [(2 * right) / sum, (2 * (sum - right)) / sum ** 2, (-2 * right) / sum ** 2]
  }),
  'balanced-accuracy': overClasses((right, all) =>
    all > 0 ? [right / all, (all - right) / all ** 2, -right / all ** 2] : [0, 0, 0],
  ),
  'log-loss': ofLosses((said) => -Math.log(Math.min(Math.max(said, LOG_MIN), 1 - LOG_MIN))),
  // Brier's form for several classes: the squared distances summed over the classes, 0..2.
  'brier-score': ofLosses((said, squares) => squares - 2 * said + 1),
}
