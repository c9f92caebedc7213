/**
 * A profile as it is stored. `seaworthy-profile/1`: counts of bins as lists; histograms and registers as bytes, deflated, in
 * base64, which is 2 to 6 KB for a column of numbers. The reference is not in it, only its digest: it belongs to the version.
 *
 *     histogram   lowest bin, then the count of each bin, as whole numbers of 7 bits a byte, the lowest first (LEB128)
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import {
  addToFrequent,
  COUNTERS_MAX,
  createFrequentValues,
  type FrequentValues,
  listFrequent,
} from '../../../stats/frequent-values.ts'
import { REGISTER_MAX, REGISTERS } from '../../../stats/hyperloglog.ts'
import { binRange, createLogHistogram, type LogHistogram, mergeHistogram } from '../../../stats/log-histogram.ts'
import { createMoments, type Moments } from '../../../stats/moments.ts'
import { ProfilesDiffer, ProfileUnreadable } from './errors.ts'
import type { NumbersProfile } from './numbers-profile.ts'
import { COLUMN_TYPES, familyOf } from './profile-column.ts'
import type { ProfileReference } from './profile-reference.ts'
import { type ColumnProfile, createProfile, type Profile, profileFrom } from './profile.ts'
import type { ValuesProfile } from './values-profile.ts'

export const PROFILE_FORMAT = 'seaworthy-profile/1'
const COLUMNS_MAX = 20_000
const BINS_MAX = 2_000
/** Unpacked bytes of a histogram: 110,000 bins of at most eight bytes. */
const BYTES_MAX = 1_000_000

const Count = z.number().min(0).max(Number.MAX_SAFE_INTEGER)
const Packed = z.string().max(2 * BYTES_MAX)
/** count, mean, squares (null when they did not fit), min, max. Null without numbers. */
const Spread = z.tuple([Count, z.number(), z.number().min(0).nullable(), z.number(), z.number()]).nullable()
const facts = { name: z.string(), type: z.enum(COLUMN_TYPES), missing: Count, wrongType: Count, distinct: Packed }
const counts = z.array(Count).max(BINS_MAX).readonly()
const Numbers = z.strictObject({ ...facts, nan: Count, infinite: Count, moments: Spread, histogram: Packed, bins: counts })
const Values = z.strictObject({
  ...facts,
  counts,
  unlisted: Count,
  frequent: z
    .array(z.tuple([z.string(), Count]))
    .max(COUNTERS_MAX)
    .readonly(),
  error: Count,
  longRows: Count,
  length: Spread,
})
export const ProfileJson = z.strictObject({
  format: z.literal(PROFILE_FORMAT),
  rows: Count,
  /** Digest of the reference it counts on. */
  reference: z.string().nullable(),
  columns: z
    .array(z.union([Numbers, Values]))
    .max(COLUMNS_MAX)
    .readonly(),
})
export type ProfileJson = Readonly<z.infer<typeof ProfileJson>>

export function profileToJson(profile: Profile): ProfileJson {
  const columns = Array.from(profile.columns.values(), (column) =>
    column.family === 'numbers' ? numbersJson(column) : valuesJson(column),
  )
  return { format: PROFILE_FORMAT, rows: profile.rows, reference: profile.reference?.digest ?? null, columns }
}

const numbersJson = (column: NumbersProfile): z.infer<typeof Numbers> => ({
  name: column.name,
  type: column.type,
  missing: column.missing,
  wrongType: column.wrongType,
  nan: column.nan,
  infinite: column.infinite,
  moments: spreadJson(column.moments),
  bins: [...column.bins],
  histogram: packHistogram(column.histogram),
  distinct: pack(column.distinct),
})

const valuesJson = (column: ValuesProfile): z.infer<typeof Values> => ({
  name: column.name,
  type: column.type,
  missing: column.missing,
  wrongType: column.wrongType,
  counts: [...column.counts],
  unlisted: column.unlisted,
  frequent: listFrequent(column.frequent),
  error: column.frequent.error,
  longRows: column.frequent.longRows,
  length: spreadJson(column.length),
  distinct: pack(column.distinct),
})

const spreadJson = ({ count, mean, squares, min, max }: Moments): z.infer<typeof Spread> =>
  count === 0 ? null : [count, mean, Number.isFinite(squares) ? squares : null, min, max]

/**
 * Reads a stored profile. @param reference The one it was made with, when it was made with one.
 * Throws ProfileUnreadable, and ProfilesDiffer for another reference.
 */
export function parseProfile(json: unknown, reference?: ProfileReference): Profile {
  const parsed = ProfileJson.safeParse(json)
  if (!parsed.success) throw new ProfileUnreadable({ reason: z.prettifyError(parsed.error).slice(0, 300) })
  const { rows, columns } = parsed.data
  if (parsed.data.reference !== (reference?.digest ?? null))
    throw new ProfilesDiffer({ reason: 'it counts on the bins of another baseline than the one it is read with' })
  const empty = createProfile(columns, reference)
  if (empty.columns.size !== columns.length) throw new ProfileUnreadable({ reason: 'two columns have one name' })
  return profileFrom(
    columns.map((column) => readColumn(empty.columns.get(column.name)!, column)),
    reference,
    rows,
  )
}

function readColumn(empty: ColumnProfile, column: ProfileJson['columns'][number]): ColumnProfile {
  const refuse = (what: string) => new ProfileUnreadable({ reason: `${what} of "${column.name}" cannot be right` })
  const isNumbers = 'histogram' in column
  if (isNumbers !== (familyOf(column.type) === 'numbers')) throw refuse('the type')
  const distinct = unpack(column.distinct, REGISTERS)
  if (distinct?.length !== REGISTERS || distinct.some((register) => register > REGISTER_MAX)) throw refuse('the distinct count')
  if (empty.family === 'numbers' && isNumbers) {
    if (column.bins.length !== empty.bins.length) throw refuse('the number of bins')
    const histogram = unpackHistogram(column.histogram, empty.histogram.kind)
    if (histogram === undefined) throw refuse('the histogram')
    const { missing, nan, infinite, wrongType } = column
    const moments = readSpread(column.moments)
    return { ...empty, missing, nan, infinite, wrongType, distinct, histogram, moments, bins: Float64Array.from(column.bins) }
  }
  if (empty.family === 'numbers' || isNumbers || column.counts.length !== empty.counts.length)
    throw refuse('the number of values')
  const { missing, wrongType, unlisted } = column
  const frequent = readFrequent(column.frequent, column.error, column.longRows)
  return {
    ...empty,
    missing,
    wrongType,
    unlisted,
    distinct,
    frequent,
    counts: Float64Array.from(column.counts),
    length: readSpread(column.length),
  }
}

function readFrequent(values: readonly (readonly [string, number])[], error: number, longRows: number): FrequentValues {
  const frequent = createFrequentValues()
  for (const [text, rows] of values) addToFrequent(frequent, text, rows)
  return { ...frequent, error: frequent.error + error, longRows: frequent.longRows + longRows }
}

function readSpread(spread: z.infer<typeof Spread>): Moments {
  if (spread === null) return createMoments()
  const [count, mean, squares, min, max] = spread
  return { count, mean, squares: squares ?? Number.POSITIVE_INFINITY, min, max }
}

const pack = (bytes: Uint8Array): string => deflateRawSync(bytes).toString('base64')

function unpack(text: string, bytesMax: number): Uint8Array | undefined {
  try {
    return new Uint8Array(inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: bytesMax }))
  } catch {
    return undefined
  }
}

function packHistogram({ low, counts }: LogHistogram): string {
  const first = counts.findIndex((count) => count > 0)
  if (first < 0) return ''
  const bytes: number[] = []
  // The lowest bin may be below 0: twice its size, and one more for the sign.
  const bin = low + first
  for (const number of [
    bin < 0 ? -2 * bin - 1 : 2 * bin,
    ...counts.subarray(first, counts.findLastIndex((count) => count > 0) + 1),
  ]) {
    let rest = number
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
    bytes.push(rest)
  }
  return pack(Uint8Array.from(bytes))
}

function unpackHistogram(text: string, kind: LogHistogram['kind']): LogHistogram | undefined {
  const histogram = createLogHistogram(kind)
  if (text === '') return histogram
  const bytes = unpack(text, BYTES_MAX)
  if (bytes === undefined || bytes.length < 2 || bytes.at(-1)! >= 128) return undefined
  const numbers: number[] = []
  let [number, unit] = [0, 1]
  for (const byte of bytes) {
    number += (byte % 128) * unit
    unit *= 128
    if (byte >= 128) continue
    numbers.push(number)
    number = 0
    unit = 1
  }
  const [head, ...counts] = numbers as [number, ...number[]]
  const low = head % 2 === 0 ? head / 2 : -(head + 1) / 2
  const [min, max] = binRange(kind)
  if (!numbers.every(Number.isSafeInteger) || low < min || low + counts.length - 1 > max) return undefined
  mergeHistogram(histogram, { kind, low, counts: Float64Array.from(counts) })
  return histogram
}
