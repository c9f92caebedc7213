/**
 * How unusual the inputs of a prediction are, against the training data of its version, in one number that can be read without a
 * table: a score of s is exceeded by about 10^-s of rows like those of the training data. 2 is one in a hundred, 4 one in ten
 * thousand.
 *
 * Each column says what share of training rows lies at least as far out as this value (outlier-column.ts). The smallest of these
 * shares, p, is the evidence, and the score is -log10 of the probability that the smallest share of a row is p or less:
 *
 *     score = -log10(1 - product over the columns of (1 - G(p)))        G(p): share of training rows for which the column says p or less
 *
 * That is exact for columns that are independent of each other, and too small a score, never too large, for columns that go
 * together. Measured: a baseline of half the US flights of January 2001 (hour, weekday, distance, airports) on the other half:
 * scores above 1, 2, 3 and 4 have 0.76, 0.73, 1.02 and 0.92 times their share.
 *
 * It sees values that are rare by themselves; a rare pair of frequent values (a short flight between distant airports)
 * it does not.
 */
import type { Instance } from '../../../kernel/table.ts'
import type { Baseline, Signature } from '../../model/index.ts'
import { createOutlierColumn, type OutlierColumn, PROBABILITY_MIN } from './outlier-column.ts'

/** Steps of the table from a probability to a score, per unit of its natural logarithm: a hundredth of a score at most. */
const STEPS = 50

export interface OutlierScore {
  /** 0 or more. Below a microsecond for ten columns (bench/outlier-score.ts). */
  score(instance: Instance): number
  /** The columns by how far out their values lie, the farthest first; a share of training rows each. */
  explain(instance: Instance): readonly { readonly column: string; readonly share: number }[]
}

/** Looks at the inputs of the signature that the baseline knows. Without any, every score is 0. */
export function createOutlierScore(baseline: Baseline, { inputs }: Pick<Signature, 'inputs'>): OutlierScore {
  const names = new Set(inputs.map(({ name }) => name))
  const columns = baseline.columns
    .filter(({ name }) => names.has(name))
    .map((column) => createOutlierColumn(column, baseline.rows))
  const scores = scoreTable(columns)
  const last = scores.length - 1
  return Object.freeze<OutlierScore>({
    score(instance) {
      let least = 1
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i]!
        const p = column.probability(instance[column.name])
        if (p < least) least = p
      }
      const step = Math.floor(-Math.log(least) * STEPS)
      return scores[step < last ? step : last]!
    },
    explain: (instance) =>
      columns
        .map(({ name, probability }) => ({ column: name, share: probability(instance[name]) }))
        .toSorted((a, b) => a.share - b.share),
  })
}

/** The score by steps of the logarithm of the smallest share; each step at its largest share, so that no score is too large. */
function scoreTable(columns: readonly OutlierColumn[]): Float64Array {
  const length = Math.ceil(-Math.log(PROBABILITY_MIN) * STEPS) + 1
  return Float64Array.from({ length }, (_, step) => {
    const p = Math.exp(-step / STEPS)
    const none = columns.reduce((sum, column) => sum + Math.log1p(-Math.min(1, column.reached(p))), 0)
    const probability = Math.max(PROBABILITY_MIN, -Math.expm1(none))
    return Math.max(0, -Math.log10(probability))
  })
}
