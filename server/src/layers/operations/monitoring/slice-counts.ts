/**
 * Slices of a window as counts: for each value of an input that is watched apart, the rows of every column in the bins of the
 * baseline. That is all that holding a slice against another takes, a hundredth of a profile, and counts of the same slice add up.
 * Each column is put into bins once, whatever the number of slices.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { type Column, cellOf, type Table } from '../../../kernel/table.ts'
import { BLOCK_ROWS, createValueBlock } from '../../../stats/value-block.ts'
import { binFrom, type ColumnReference, type NumbersReference, type ProfileReference } from '../profile/profile-reference.ts'

/** Values of one input that are watched, the most frequent ones. */
export const VALUES_PER_INPUT_MAX = 10
/** Slices of one window, the largest ones. */
const SLICES_MAX = 50
/** Rows below which a slice says nothing. */
const SLICE_ROWS_MIN = 50
/** Different values that are told apart before the most frequent are chosen; an input with more is no set of groups. */
const DISTINCT_MAX = 100_000
const BYTES_MAX = 50_000_000

export interface SliceCounts {
  /** `origin = ATL`. */
  readonly slice: string
  readonly input: string
  readonly rows: number
  /** By column, in the order of the bins of a ComparedColumn; the input itself is left out. */
  readonly columns: ReadonlyMap<string, Float64Array>
}
/** Which rows lie in which slice. */
export interface SliceRows {
  readonly slice: string
  readonly input: string
  readonly rows: Int32Array
}

/** The slices of the first traffic of a version, while they are gathered and afterwards. */
export interface FirstSlices {
  /** Begin of the first window in it, milliseconds since 1970. */
  readonly from: number
  readonly text: string
}

/** The largest slices of a table, at most ten for each of these inputs and 50 together, each of 50 rows or more. */
export function slicesOf(table: Table, by: readonly string[], rowsMin: number = SLICE_ROWS_MIN): readonly SliceRows[] {
  return by
    .flatMap((input) => {
      const column = table.columns.get(input)
      return column === undefined ? [] : slicesOfColumn(input, column, table.rowCount, rowsMin)
    })
    .toSorted((a, b) => b.rows.length - a.rows.length)
    .slice(0, SLICES_MAX)
}

function slicesOfColumn(input: string, column: Column, rowCount: number, rowsMin: number): readonly SliceRows[] {
  const values = column.type === 'text' ? column.codes : column.values
  const isMissing = (value: number) => (column.type === 'text' ? value < 0 : Number.isNaN(value))
  const counts = new Map<number, number>()
  for (let row = 0; row < rowCount; row++) {
    const value = values[row]!
    if (!isMissing(value)) counts.set(value, (counts.get(value) ?? 0) + 1)
    if (counts.size > DISTINCT_MAX) return []
  }
  const largest = [...counts]
    .filter(([, rows]) => rows >= rowsMin)
    .toSorted(([a, n], [b, m]) => m - n || a - b)
    .slice(0, VALUES_PER_INPUT_MAX)
  const found = new Map(largest.map(([value, rows]) => [value, new Int32Array(rows)]))
  const filled = new Map(largest.map(([value]) => [value, 0]))
  for (let row = 0; row < rowCount; row++) {
    const rows = found.get(values[row]!)
    if (rows === undefined) continue
    const at = filled.get(values[row]!)!
    rows[at] = row
    filled.set(values[row]!, at + 1)
  }
  return [...found.values()].map((rows) => ({ slice: `${input} = ${String(cellOf(column, rows[0]!))}`, input, rows }))
}

/** Counts of every slice on the bins of the reference. */
export function countSlices(slices: readonly SliceRows[], table: Table, reference: ProfileReference): readonly SliceCounts[] {
  if (slices.length === 0) return []
  const columns = slices.map(() => new Map<string, Float64Array>())
  for (const [name, column] of table.columns) {
    const of = reference.columns.get(name)
    if (of === undefined || of.type === 'time') continue
    const bins = binsOfRows(column, of, table.rowCount)
    for (const [i, { input, rows }] of slices.entries()) {
      if (input === name) continue
      const counts = new Float64Array(binCountOf(of))
      for (const row of rows) counts[bins[row]!]!++
      columns[i]!.set(name, counts)
    }
  }
  return slices.map(({ slice, input, rows }, i) => ({ slice, input, rows: rows.length, columns: columns[i]! }))
}

/** As compare-profiles.ts lists them: missing, infinite (of numbers), of another type, then the bins; of values last the unlisted. */
const binCountOf = (of: ColumnReference): number => of.counts.length + 3

function binsOfRows(column: Column, of: ColumnReference, rowCount: number): Int32Array {
  const bins = new Int32Array(rowCount)
  if (of.family === 'numbers') {
    if (column.type === 'text') bins.set(column.codes.map((code) => (code < 0 ? 0 : 2)))
    else fillNumberBins(bins, column.values, of)
    return bins
  }
  const unlisted = of.counts.length + 2
  const placeOf = (value: string) => {
    const place = of.places.get(value)
    return place === undefined ? (of.type === 'boolean' ? 1 : unlisted) : place + 2
  }
  if (column.type === 'text') {
    const byCode = column.dictionary.map(placeOf)
    for (let row = 0; row < rowCount; row++) bins[row] = column.codes[row]! < 0 ? 0 : byCode[column.codes[row]!]!
    return bins
  }
  const isTruth = of.type === 'boolean' && column.type === 'boolean'
  const [no, yes] = isTruth ? [placeOf('false'), placeOf('true')] : [1, 1]
  for (let row = 0; row < rowCount; row++) {
    const value = column.values[row]!
    bins[row] = Number.isNaN(value) ? 0 : value === 0 ? no : yes
  }
  return bins
}

const block = createValueBlock(BLOCK_ROWS)

function fillNumberBins(bins: Int32Array, values: Float64Array, { edges, edgesBelow }: NumbersReference): void {
  for (let from = 0; from < values.length; from += BLOCK_ROWS) {
    const part = values.subarray(from, from + BLOCK_ROWS)
    for (let i = 0; i < part.length; i++) block.values[i] = part[i]! + 0
    for (let i = 0; i < part.length; i++) {
      const value = block.values[i]!
      bins[from + i] = Number.isNaN(value)
        ? 0
        : Number.isFinite(value)
          ? 3 + binFrom(edges, edgesBelow, value, block.words[2 * i + 1]!)
          : 1
    }
  }
}

/** The sum of the same slices; what one side lacks comes from the other. */
export function addSlices(a: readonly SliceCounts[], b: readonly SliceCounts[]): readonly SliceCounts[] {
  const sums = new Map(a.map((each) => [each.slice, each]))
  for (const each of b) {
    const before = sums.get(each.slice)
    sums.set(each.slice, before === undefined ? each : sumOf(before, each))
  }
  return [...sums.values()]
}

const sumOf = (a: SliceCounts, b: SliceCounts): SliceCounts => ({
  ...a,
  rows: a.rows + b.rows,
  columns: new Map(
    Array.from(a.columns, ([name, counts]) => {
      const other = b.columns.get(name)
      return [name, other?.length === counts.length ? counts.map((count, bin) => count + other[bin]!) : counts]
    }),
  ),
})

const Stored = z.strictObject({
  /** Digest of the baseline whose bins these are. */
  reference: z.string(),
  slices: z.array(
    z.strictObject({
      slice: z.string(),
      input: z.string(),
      rows: z.number(),
      columns: z.array(z.tuple([z.string(), z.array(z.number().min(0))])),
    }),
  ),
})

export function slicesToText(slices: readonly SliceCounts[], reference: ProfileReference): string {
  const stored: z.infer<typeof Stored> = {
    reference: reference.digest,
    slices: slices.map(({ columns, ...each }) => ({
      ...each,
      columns: Array.from(columns, ([name, counts]): [string, number[]] => [name, [...counts]]),
    })),
  }
  return deflateRawSync(JSON.stringify(stored)).toString('base64')
}

/** Empty when they were counted on the bins of another baseline. */
export function slicesFromText(text: string, reference: ProfileReference): readonly SliceCounts[] {
  const bytes = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: BYTES_MAX })
  const stored = Stored.parse(JSON.parse(bytes.toString()))
  if (stored.reference !== reference.digest) return []
  return stored.slices.map(({ columns, ...each }) => ({
    ...each,
    columns: new Map(columns.map(([name, counts]) => [name, Float64Array.from(counts)])),
  }))
}
