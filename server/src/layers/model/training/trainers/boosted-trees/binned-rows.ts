/**
 * Rows as small whole numbers, which is all that growing a tree looks at. Each column has its own range of bins in one
 * numbering, so that a bin is also a place in a histogram over all columns:
 *
 *     column       hour                        origin
 *     bin          0        1 … 24             25       26 … 260
 *                  missing  values, rising     missing  categories
 *
 * A bin of a number holds the values up to its border, inclusive. Borders lie halfway between neighbouring values, rounded to
 * float32, and hold about equally many rows; up to `binsMax` different values each has its own.
 */
import { TrainingDataUnfit } from '../errors.ts'
import type { FeatureColumn } from './feature-columns.ts'

export interface BinnedColumn {
  /** Its first bin, that of missing values. */
  readonly first: number
  /** Bins after that one. */
  readonly count: number
  /** Upper borders of all but the last of these; undefined for a category. */
  readonly borders: Float32Array | undefined
  /** Bin after `first` for each category code, 0 where the category is too rare to have one; undefined for a number. */
  readonly binOfCode: Uint8Array | undefined
}

export interface BinnedRows {
  readonly rowCount: number
  readonly columns: readonly BinnedColumn[]
  /** Bins of all columns together. */
  readonly binCount: number
  /** [rows, columns], flat. */
  readonly bins: Uint16Array
}

const BINS_MAX = 65_536

/** How to bin the columns of `matrix`, which is [rows, columns]. Throws TrainingDataUnfit when they need too many bins. */
export function planBins(matrix: Float32Array, features: readonly FeatureColumn[], binsMax: number): BinnedColumn[] {
  let first = 0
  return features.map((feature, at) => {
    const values = valuesOf(matrix, features.length, at)
    const borders = feature.categories === undefined ? bordersOf(values, binsMax) : undefined
    const binOfCode = feature.categories === undefined ? undefined : codeBins(values, feature.categories.length, binsMax)
    const count = borders === undefined ? Math.max(0, ...binOfCode!) : borders.length + 1
    const column = { first, count, borders, binOfCode }
    first += count + 1
    if (first > BINS_MAX)
      throw new TrainingDataUnfit({
        reason: `${features.length} columns of up to ${binsMax} bins need more than ${BINS_MAX} bins`,
        advice: `Set binsMax to ${Math.max(2, Math.floor(BINS_MAX / features.length) - 1)}, or train on fewer columns.`,
      })
    return column
  })
}

/** The present values of one column. */
function valuesOf(matrix: Float32Array, width: number, at: number): Float32Array {
  const values = new Float32Array(matrix.length / width)
  let count = 0
  for (let i = at; i < matrix.length; i += width) if (!Number.isNaN(matrix[i])) values[count++] = matrix[i]!
  return values.subarray(0, count)
}

function bordersOf(values: Float32Array, binsMax: number): Float32Array {
  values.sort()
  const isEachItsOwn = hasAtMost(values, binsMax)
  const borders: number[] = []
  let rowsInBin = 0
  let rowsLeft = values.length
  for (let i = 0; i < values.length - 1 && borders.length < binsMax - 1; i++) {
    rowsInBin += 1
    if (values[i] === values[i + 1]) continue
    if (!isEachItsOwn && rowsInBin * (binsMax - borders.length) < rowsLeft) continue
    borders.push(borderBetween(values[i]!, values[i + 1]!))
    rowsLeft -= rowsInBin
    rowsInBin = 0
  }
  return Float32Array.from(borders)
}

/** Whether there are no more than `max` different ones among sorted values. */
function hasAtMost(values: Float32Array, max: number): boolean {
  let different = 1
  for (let i = 1; i < values.length && different <= max; i++) if (values[i] !== values[i - 1]) different += 1
  return different <= max
}

/** A float32 in [low, high): the middle, or `low` where rounding would reach `high` or the middle is not a number. */
function borderBetween(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2)
  return middle >= low && middle < high ? middle : low
}

/** The most frequent categories of the training rows get a bin, in the order of their codes. */
function codeBins(values: Float32Array, codeCount: number, binsMax: number): Uint8Array {
  const counts = new Float64Array(codeCount)
  for (const code of values) counts[code]! += 1
  const kept = Array.from(counts.keys())
    .filter((code) => counts[code]! > 0)
    .toSorted((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, binsMax)
  const bins = new Uint8Array(codeCount)
  kept.toSorted((a, b) => a - b).forEach((code, i) => (bins[code] = i + 1))
  return bins
}

export function binRows(matrix: Float32Array, columns: readonly BinnedColumn[]): BinnedRows {
  const width = columns.length
  const bins = new Uint16Array(matrix.length)
  columns.forEach(({ first, borders, binOfCode }, column) => {
    for (let at = column; at < matrix.length; at += width) {
      const value = matrix[at]!
      const bin = Number.isNaN(value) ? 0 : borders === undefined ? binOfCode![value]! : 1 + placeOf(borders, value)
      bins[at] = first + bin
    }
  })
  const binCount = columns.reduce((sum, { count }) => sum + count + 1, 0)
  return { rowCount: matrix.length / width, columns, binCount, bins }
}

/** How many borders are below the value. */
function placeOf(borders: Float32Array, value: number): number {
  let low = 0
  let high = borders.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (borders[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
