/**
 * Metrics as functions of sums over the rows. What can be written so is resampled by its sums, in milliseconds for any number
 * of rows; the rest of the catalogue is resampled row by row.
 */
import { clamp } from '../../../stats/estimate.ts'
import { DECISION_THRESHOLD, type ScoredOutcomes } from '../../operations/index.ts'

type BinaryOutcomes = Extract<ScoredOutcomes, { family: 'binary' }>
type MulticlassOutcomes = Extract<ScoredOutcomes, { family: 'multiclass' }>
type RegressionOutcomes = Extract<ScoredOutcomes, { family: 'regression' }>

export interface MetricSums {
  /** What each row adds to each sum, shape [n] each. */
  readonly terms: readonly Float64Array[]
  /** The metric, from the sums that start at `from`. */
  value(sums: Float64Array, from: number): number
}

/** As the metric log-loss keeps them. */
const PROBABILITY_MIN = 2 ** -52
const logOf = (p: number): number => Math.log(clamp(p, PROBABILITY_MIN, 1 - PROBABILITY_MIN))

/** The metric by its sums, or undefined when it has none. */
export function metricSums(metric: string, pairs: ScoredOutcomes): MetricSums | undefined {
  if (pairs.family === 'binary') return BINARY[metric]?.(pairs)
  if (pairs.family === 'regression') return REGRESSION[metric]?.(pairs)
  return MULTICLASS[metric]?.(pairs)
}

const count = (rows: number): Float64Array => new Float64Array(rows).fill(1)
const meanOf = (values: Float64Array): MetricSums => ({
  terms: [values, count(values.length)],
  value: (sums, from) => sums[from]! / sums[from + 1]!,
})

/** Flags of four kinds of row, in the order found, chosen yes, happened, all. */
function decisions(
  { scores, outcomes }: BinaryOutcomes,
  value: (found: number, yes: number, happened: number, all: number) => number,
): MetricSums {
  const yes = scores.map((score) => (score >= DECISION_THRESHOLD ? 1 : 0))
  return {
    terms: [yes.map((flag, i) => flag * outcomes[i]!), yes, outcomes, count(scores.length)],
    value: (sums, from) => value(sums[from]!, sums[from + 1]!, sums[from + 2]!, sums[from + 3]!),
  }
}

const BINARY: Readonly<Record<string, (pairs: BinaryOutcomes) => MetricSums>> = {
  accuracy: (pairs) => decisions(pairs, (found, yes, happened, all) => (all - yes - happened + 2 * found) / all),
  precision: (pairs) => decisions(pairs, (found, yes) => found / yes),
  recall: (pairs) => decisions(pairs, (found, _, happened) => found / happened),
  f1: (pairs) => decisions(pairs, (found, yes, happened) => (2 * found) / (yes + happened)),
  'balanced-accuracy': (pairs) =>
    decisions(pairs, (found, yes, happened, all) => (found / happened + (all - happened - yes + found) / (all - happened)) / 2),
  'log-loss': ({ scores, outcomes }) => meanOf(scores.map((p, i) => -logOf(outcomes[i] === 1 ? p : 1 - p))),
  'brier-score': ({ scores, outcomes }) => meanOf(scores.map((p, i) => (p - outcomes[i]!) ** 2)),
}

const REGRESSION: Readonly<Record<string, (pairs: RegressionOutcomes) => MetricSums>> = {
  mae: ({ predicted, outcomes }) => meanOf(predicted.map((p, i) => Math.abs(p - outcomes[i]!))),
  rmse: ({ predicted, outcomes }) => {
    const squares = meanOf(predicted.map((p, i) => (p - outcomes[i]!) ** 2))
    return { ...squares, value: (sums, from) => Math.sqrt(squares.value(sums, from)) }
  },
  mape: ({ predicted, outcomes }) => ({
    terms: [
      predicted.map((p, i) => (outcomes[i] === 0 ? 0 : Math.abs((p - outcomes[i]!) / outcomes[i]!))),
      outcomes.map((y) => (y === 0 ? 0 : 1)),
    ],
    value: (sums, from) => sums[from]! / sums[from + 1]!,
  }),
  r2: ({ predicted, outcomes }) => {
    // Around the mean, so that the variance keeps its digits when outcomes are far from zero.
    const mean = outcomes.reduce((sum, y) => sum + y, 0) / outcomes.length
    const deviations = outcomes.map((y) => y - mean)
    return {
      terms: [predicted.map((p, i) => (p - outcomes[i]!) ** 2), deviations, deviations.map((d) => d * d), count(outcomes.length)],
      value: (sums, from) => 1 - sums[from]! / (sums[from + 2]! - sums[from + 1]! ** 2 / sums[from + 3]!),
    }
  },
}

/** The plain mean over classes of a share of each; classes that did not occur have none. */
function overClasses(
  { predicted, outcomes, classes }: MulticlassOutcomes,
  share: (right: number, happened: number, chosen: number) => number | undefined,
): MetricSums {
  const flags = (of: (row: number) => boolean) => Float64Array.from(predicted, (_, row) => (of(row) ? 1 : 0))
  return {
    terms: classes.flatMap((_, code) => [
      flags((row) => outcomes[row] === code && predicted[row] === code),
      flags((row) => outcomes[row] === code),
      flags((row) => predicted[row] === code),
    ]),
    value: (sums, from) => {
      const shares = classes.flatMap((_, k) => share(sums[from + k * 3]!, sums[from + k * 3 + 1]!, sums[from + k * 3 + 2]!) ?? [])
      return shares.reduce((sum, x) => sum + x, 0) / shares.length
    },
  }
}

const MULTICLASS: Readonly<Record<string, (pairs: MulticlassOutcomes) => MetricSums | undefined>> = {
  accuracy: ({ predicted, outcomes }) => meanOf(Float64Array.from(predicted, (code, row) => (code === outcomes[row] ? 1 : 0))),
  f1: (pairs) =>
    overClasses(pairs, (right, happened, chosen) => (happened + chosen > 0 ? (2 * right) / (happened + chosen) : undefined)),
  'balanced-accuracy': (pairs) => overClasses(pairs, (right, happened) => (happened > 0 ? right / happened : undefined)),
  'log-loss': ({ outcomes, probabilities }) =>
    probabilities && meanOf(Float64Array.from(outcomes, (code, row) => -logOf(probabilities[code]?.[row] ?? 0))),
  'brier-score': ({ outcomes, probabilities }) =>
    probabilities &&
    meanOf(
      Float64Array.from(outcomes, (outcome, row) =>
        probabilities.reduce((sum, column, code) => sum + (column[row]! - (code === outcome ? 1 : 0)) ** 2, 0),
      ),
    ),
}
