import { listFrequent } from '../../../stats/frequent-values.ts'
import { DISTINCT_STANDARD_ERROR, distinctOf } from '../../../stats/hyperloglog.ts'
import { histogramQuantile } from '../../../stats/log-histogram.ts'
import { deviationOf, type Moments } from '../../../stats/moments.ts'
import type { NumbersProfile } from './numbers-profile.ts'
import type { ColumnType } from './profile-column.ts'
import type { ColumnProfile, Profile } from './profile.ts'
import type { ValuesProfile } from './values-profile.ts'

export interface SpreadSummary {
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Sample standard deviation; absent below two values. */
  readonly std?: number
}

export interface ColumnSummary {
  readonly name: string
  readonly type: ColumnType
  readonly missing: number
  readonly wrongType: number
  /** Estimated number of different values, with its standard error in percent. */
  readonly distinct: number
  readonly distinctErrorPercent: number
  /** Columns of numbers only; infinities and NaN are counted apart. */
  readonly nan?: number
  readonly infinite?: number
  readonly numbers?: SpreadSummary
  /** At 5, 25, 50, 75, 95 %: within 0.8 % of themselves, of times within half a day. */
  readonly quantiles?: readonly number[]
  /** The most frequent values: true rows are `rows` to `rows + frequentError`. */
  readonly frequent?: readonly (readonly [value: string, rows: number])[]
  readonly frequentError?: number
  /** Lengths of texts in UTF-16 code units. */
  readonly length?: SpreadSummary
}

const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95]

/** What a profile says, for people and for JSON. @param valuesMax Frequent values a column. */
export function summariseProfile({ columns }: Profile, valuesMax = 20): readonly ColumnSummary[] {
  return Array.from(columns.values(), (column) => ({
    ...factsOf(column),
    ...(column.family === 'numbers' ? numbersSummary(column) : valuesSummary(column, valuesMax)),
  }))
}

const factsOf = ({ name, type, missing, wrongType, distinct }: ColumnProfile) => ({
  name,
  type,
  missing,
  wrongType,
  distinct: Math.round(distinctOf(distinct)),
  distinctErrorPercent: Number((100 * DISTINCT_STANDARD_ERROR).toFixed(1)),
})

function numbersSummary({ nan, infinite, moments, histogram }: NumbersProfile): Partial<ColumnSummary> {
  if (moments.count === 0) return { nan, infinite }
  const quantiles = SHARES.map((p) => Math.min(moments.max, Math.max(moments.min, histogramQuantile(histogram, p)!)))
  return { nan, infinite, numbers: spreadOf(moments), quantiles }
}

function valuesSummary({ reference, counts, frequent, length }: ValuesProfile, valuesMax: number): Partial<ColumnSummary> {
  const listed = Array.from(counts, (rows, place): [string, number] => [reference!.values[place]!, rows])
  const values = [...listed, ...listFrequent(frequent)].filter(([, rows]) => rows > 0).toSorted(([, a], [, b]) => b - a)
  return {
    frequent: values.slice(0, valuesMax),
    frequentError: frequent.error,
    ...(length.count > 0 && { length: spreadOf(length) }),
  }
}

function spreadOf(moments: Moments): SpreadSummary {
  const std = deviationOf(moments)
  return { min: moments.min, max: moments.max, mean: moments.mean, ...(std !== undefined && { std }) }
}
