/**
 * The baseline: the profile of the data a version was trained on, small enough to travel in its package, and all that
 * monitoring needs to say later how far the data has moved. `baseline.json` of a package.
 *
 * A histogram lies on bins that hold about 5 % of the rows each, with open ends: an outlier in production falls into the last
 * bin and cannot stretch the others, and no bin is empty, so that every ratio to the baseline is defined.
 *
 *     edges     e1      e2      e3            between the edges: e1 < x <= e2
 *     counts  c0 |  c1  |  c2  |  c3          c0: x <= e1        c3: x > e3
 */
import { z } from 'zod'

export const BASELINE_FORMAT = 'seaworthy-baseline/1'
/** Columns with at most this many different texts are categories. Their list is complete, and each is counted. */
export const CATEGORIES_MAX = 1_000
/** Quantiles are at 0, 5, 10 … 100 %: twenty steps. */
export const QUANTILE_STEPS = 20

const Count = z.int().min(0)
const counted = {
  name: z.string(),
  /** Rows without a value. NaN and infinities are values, and counted apart. */
  missing: Count,
  /** Different values, exactly counted; of numbers the finite ones. */
  distinct: Count,
}

export const NumberBaseline = z.strictObject({
  ...counted,
  /** Times are milliseconds since 1970 in UTC. */
  type: z.enum(['number', 'integer', 'time']),
  nan: Count,
  /** Positive and negative infinities. */
  infinite: Count,
  /** Every finite value is a whole number. True for a column without any. */
  whole: z.boolean(),
  /** Of the finite values; null when there are none. Mean and deviation are rounded to 10 significant digits. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  /** Sample standard deviation, with n - 1; null below two values, or with one beyond 1e150. */
  std: z.number().nullable(),
  /** At 0, 5, 10 … 100 %, linear between neighbours, as numpy does by default; empty when there are no finite values. */
  quantiles: z.array(z.number()).readonly(),
  histogram: z.strictObject({ edges: z.array(z.number()).readonly(), counts: z.array(Count).readonly() }),
})
export const TextBaseline = z.strictObject({
  ...counted,
  type: z.enum(['text', 'boolean']),
  /** The most frequent values with their rows, at most 1,000 and none above 500 characters, by rows and then by name. */
  values: z.array(z.tuple([z.string(), Count])).readonly(),
  /** Rows with another value. */
  rest: Count,
  /** Shortest and longest text in characters; null without any. Not for booleans. */
  length: z.strictObject({ min: Count, max: Count }).nullable().optional(),
})
export const BaselineColumn = z.discriminatedUnion('type', [NumberBaseline, TextBaseline])

export const Baseline = z.strictObject({
  format: z.literal(BASELINE_FORMAT),
  rows: z.int().min(1),
  /** In the order of the data. */
  columns: z.array(BaselineColumn).min(1).readonly(),
})

export type NumberBaseline = Readonly<z.infer<typeof NumberBaseline>>
export type TextBaseline = Readonly<z.infer<typeof TextBaseline>>
export type BaselineColumn = Readonly<z.infer<typeof BaselineColumn>>
export type Baseline = Readonly<z.infer<typeof Baseline>>

export const isNumeric = (column: BaselineColumn): column is NumberBaseline => column.type !== 'text' && column.type !== 'boolean'

/** All different values of a text or boolean column, sorted; undefined when there are too many, or the column has numbers. */
export function categoriesOf(column: BaselineColumn): readonly string[] | undefined {
  if (isNumeric(column) || column.rest > 0) return undefined
  return column.values.map(([value]) => value).toSorted()
}
