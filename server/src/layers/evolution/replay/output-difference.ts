/** How far two versions lie apart, row by row, where their outputs are numbers. */
import type { Table } from '../../../kernel/table.ts'
import type { OutputField } from '../../model/index.ts'
import type { NumberDifference } from './replay.ts'

const NUMBERS: ReadonlySet<OutputField['type']> = new Set(['probability', 'number', 'integer', 'boolean'])

export interface RowDifferences {
  readonly of: string
  /** new - old; NaN where one of them is no number. */
  readonly values: Float64Array
  readonly hasSign: boolean
}

/** Undefined when one of the outputs is no number. */
export function differencesOf(
  before: OutputField,
  after: OutputField,
  { was, is }: { readonly was: Table; readonly is: Table },
): RowDifferences | undefined {
  const [a, b] = [numbersOf(was, before.name), numbersOf(is, after.name)]
  if (NUMBERS.has(before.type) && NUMBERS.has(after.type) && a !== undefined && b !== undefined)
    return { of: `new - old ${after.name}`, values: a.map((value, row) => b[row]! - value), hasSign: true }
  if (before.type !== 'probabilities' || after.type !== 'probabilities') return undefined
  return { of: 'total variation of the class probabilities', values: totalVariation(before, after, was, is), hasSign: false }
}

function numbersOf(table: Table, name: string): Float64Array | undefined {
  const column = table.columns.get(name)
  return column === undefined || column.type === 'text' ? undefined : column.values
}

/** Half the sum of what each class gains or loses; a class that only one of the versions knows has probability 0 in the other. */
function totalVariation(before: OutputField, after: OutputField, was: Table, is: Table): Float64Array {
  const sums = new Float64Array(was.rowCount)
  const suffixes = (table: Table, { name }: OutputField) => [...table.columns.keys()].map((column) => column.slice(name.length))
  for (const suffix of new Set([...suffixes(was, before), ...suffixes(is, after)])) {
    const [a, b] = [numbersOf(was, before.name + suffix), numbersOf(is, after.name + suffix)]
    for (let row = 0; row < sums.length; row++) sums[row]! += Math.abs((b?.[row] ?? 0) - (a?.[row] ?? 0)) / 2
  }
  return sums
}

export function numberDifference({ of, values, hasSign }: RowDifferences): NumberDifference | undefined {
  const sizes = values.filter(Number.isFinite).map(Math.abs).sort()
  if (sizes.length === 0) return undefined
  const mean = (numbers: Float64Array) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  // The smallest value that at least this share of the rows does not exceed.
  const at = (share: number) => sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)]!
  return {
    of,
    ...(hasSign ? { mean: mean(values.filter(Number.isFinite)) } : {}),
    meanAbsolute: mean(sizes),
    quantiles: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: sizes.at(-1)! },
  }
}
