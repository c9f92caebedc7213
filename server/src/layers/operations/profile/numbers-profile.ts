/** The profile of a column of numbers or times. */
import type { Column } from '../../../kernel/table.ts'
import { addBlockToDistinct, createDistinctSketch, type DistinctSketch, mergeDistinct } from '../../../stats/hyperloglog.ts'
import { addBlockToHistogram, createLogHistogram, type LogHistogram, mergeHistogram } from '../../../stats/log-histogram.ts'
import { addBlockToMoments, addToMoments, createMoments, mergeMoments, type Moments } from '../../../stats/moments.ts'
import { BLOCK_ROWS, createValueBlock, fillBlock, type ValueBlock } from '../../../stats/value-block.ts'
import type { ColumnType } from './profile-column.ts'
import { binFrom, type NumbersReference } from './profile-reference.ts'

export interface NumbersProfile {
  readonly family: 'numbers'
  readonly name: string
  readonly type: ColumnType
  readonly reference: NumbersReference | undefined
  /** Null, absent, or NaN in a table. */
  missing: number
  /** NaN in an instance. */
  nan: number
  infinite: number
  wrongType: number
  readonly moments: Moments
  readonly histogram: LogHistogram
  readonly distinct: DistinctSketch
  /** Rows in each bin of the reference. */
  readonly bins: Float64Array
}

export const createNumbersProfile = (
  name: string,
  type: ColumnType,
  reference: NumbersReference | undefined,
): NumbersProfile => ({
  family: 'numbers',
  name,
  type,
  reference,
  missing: 0,
  nan: 0,
  infinite: 0,
  wrongType: 0,
  moments: createMoments(),
  histogram: createLogHistogram(type === 'time' ? 'day' : 'relative'),
  distinct: createDistinctSketch(),
  bins: new Float64Array(reference?.counts.length ?? 0),
})

const block = createValueBlock(BLOCK_ROWS)
const single = createValueBlock(1)

/** Adds a column of a table, block by block. */
export function addNumbers(profile: NumbersProfile, column: Column | undefined, rows: number): void {
  if (column === undefined) profile.missing += rows
  else if (column.type === 'text') {
    let missing = 0
    for (let i = 0; i < rows; i++) if (column.codes[i]! < 0) missing++
    profile.missing += missing
    profile.wrongType += rows - missing
  } else {
    const { values } = column
    for (let from = 0; from < rows; from += BLOCK_ROWS) {
      const to = Math.min(rows, from + BLOCK_ROWS)
      fillBlock(block, values, from, to)
      if (block.rows < to - from) countUnusable(profile, values, from, to)
      addBlockToMoments(profile.moments, block)
      addSketches(profile, block)
    }
  }
}

function countUnusable(profile: NumbersProfile, values: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    if (Number.isNaN(values[i])) profile.missing++
    else if (!Number.isFinite(values[i])) profile.infinite++
  }
}

function addSketches(profile: NumbersProfile, block: ValueBlock): void {
  addBlockToHistogram(profile.histogram, block)
  addBlockToDistinct(profile.distinct, block)
  const { reference, bins } = profile
  if (reference === undefined) return
  const { edges, edgesBelow } = reference
  const { values, words, rows } = block
  for (let i = 0; i < rows; i++) bins[binFrom(edges, edgesBelow, values[i]!, words[2 * i + 1]!)]!++
}

/** Adds one value of an instance. */
export function addNumber(profile: NumbersProfile, cell: unknown): void {
  if (cell === null || cell === undefined) {
    profile.missing++
    return
  }
  const value = typeof cell === 'string' && profile.type === 'time' ? Date.parse(cell) : cell
  if (typeof value !== 'number' || (Number.isNaN(value) && typeof cell === 'string')) profile.wrongType++
  else if (Number.isNaN(value)) profile.nan++
  else if (!Number.isFinite(value)) profile.infinite++
  else {
    single.values[0] = value + 0
    single.rows = 1
    addToMoments(profile.moments, value)
    addSketches(profile, single)
  }
}

export function mergeNumbers(profile: NumbersProfile, other: NumbersProfile): void {
  profile.missing += other.missing
  profile.nan += other.nan
  profile.infinite += other.infinite
  profile.wrongType += other.wrongType
  mergeMoments(profile.moments, other.moments)
  mergeHistogram(profile.histogram, other.histogram)
  mergeDistinct(profile.distinct, other.distinct)
  for (let i = 0; i < profile.bins.length; i++) profile.bins[i]! += other.bins[i]!
}
