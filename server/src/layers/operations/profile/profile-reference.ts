/**
 * What windows are held against, made ready for counting: the bins of each column of the baseline, with its counts. Bins of
 * numbers get two more at the ends, for what lies outside the range of the training data:
 *
 *     baseline              e1      e2      e3                   counts  c0 | c1 | c2 | c3
 *     here        min       e1      e2      e3       max         counts   0 | c0 | c1 | c2 | c3 | 0
 *            below |                                  | above
 */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import { BIN_MAX, binStart, relativeBin } from '../../../stats/log-histogram.ts'
import { type Baseline, isNumeric, type NumberBaseline, type TextBaseline } from '../../model/index.ts'
import type { ColumnType, Family } from './profile-column.ts'

interface ColumnFacts {
  readonly name: string
  /** As the baseline has it: its text may be a category or free text of the signature. */
  readonly type: ColumnType
  readonly family: Family
  readonly rows: number
  /** Rows without a number or text; NaN is counted here, because a table cannot tell it from a missing number. */
  readonly missing: number
}
export interface NumbersReference extends ColumnFacts {
  readonly family: 'numbers'
  readonly infinite: number
  /** Rising; bin i holds edges[i-1] < x <= edges[i]. The first is just below the smallest value, the last the largest. */
  readonly edges: Float64Array
  /** One more than edges. */
  readonly counts: Float64Array
  /** Each bin holds one value, the edge above it. */
  readonly isDiscrete: boolean
  /** For each bin of a log histogram, from the lowest: how many edges lie below its start. */
  readonly edgesBelow: Uint16Array
}
export interface ValuesReference extends ColumnFacts {
  readonly family: 'values'
  readonly values: readonly string[]
  readonly places: ReadonlyMap<string, number>
  readonly counts: Float64Array
  /** Rows with a value that is not listed. 0 when the list is complete: any other value is then a new one. */
  readonly rest: number
}
export type ColumnReference = NumbersReference | ValuesReference

export interface ProfileReference {
  /** sha256 of the bins and their counts. Profiles with the same one can be merged. */
  readonly digest: string
  readonly columns: ReadonlyMap<string, ColumnReference>
}

/** Makes a baseline ready. About 35 KB and 0.1 ms for a column of numbers; do it once for a version. */
export function profileReferenceOf(baseline: Baseline): ProfileReference {
  const columns = baseline.columns.map((column): [string, ColumnReference] => [
    column.name,
    isNumeric(column) ? numbersReference(column, baseline.rows) : valuesReference(column, baseline.rows),
  ])
  return Object.freeze<ProfileReference>({
    digest: createHash('sha256').update(canonicalJson(baseline)).digest('hex'),
    columns: new Map(columns),
  })
}

function numbersReference(column: NumberBaseline, rows: number): NumbersReference {
  const { name, type, min, max, histogram } = column
  const isEmpty = min === null || max === null
  const edges = isEmpty ? new Float64Array(0) : Float64Array.of(numberBelow(min), ...histogram.edges, max)
  return {
    name,
    type,
    family: 'numbers',
    rows,
    missing: column.missing + column.nan,
    infinite: column.infinite,
    edges,
    counts: isEmpty ? Float64Array.of(0) : Float64Array.of(0, ...histogram.counts, 0),
    isDiscrete: column.distinct === histogram.counts.length,
    edgesBelow: edgesBelowOf(edges),
  }
}

function valuesReference({ name, type, missing, values, rest }: TextBaseline, rows: number): ValuesReference {
  // Both truth values have their bin even when the training data had one only.
  const listed =
    type === 'boolean'
      ? ['false', 'true'].map((word): [string, number] => values.find(([value]) => value === word) ?? [word, 0])
      : values
  return {
    name,
    type,
    family: 'values',
    rows,
    missing,
    values: listed.map(([value]) => value),
    places: new Map(listed.map(([value], place) => [value, place])),
    counts: Float64Array.from(listed, ([, count]) => count),
    rest,
  }
}

function edgesBelowOf(edges: Float64Array): Uint16Array {
  const table = new Uint16Array(2 * BIN_MAX + 1)
  let below = 0
  for (let i = 0; i < table.length; i++) {
    const start = binStart(i - BIN_MAX)
    while (below < edges.length && edges[below]! < start) below++
    table[i] = below
  }
  return table
}

const pair = { value: new Float64Array(1), bits: new BigInt64Array(0) }
pair.bits = new BigInt64Array(pair.value.buffer)

/** The largest number below a finite one. */
function numberBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE
  pair.value[0] = value
  pair.bits[0]! += value > 0 ? -1n : 1n
  return pair.value[0]!
}

/** The bin of a finite number, whose upper word is at hand. */
export function binFrom(edges: Float64Array, edgesBelow: Uint16Array, value: number, upperWord: number): number {
  let bin = edgesBelow[relativeBin(upperWord) + BIN_MAX]!
  while (bin < edges.length && edges[bin]! < value) bin++
  return bin
}
