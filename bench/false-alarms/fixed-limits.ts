/** How others judge: a fixed limit, the same for every size of window, each column by itself. */
import type { Table } from '../../server/src/kernel/table.ts'
import type { ComparedColumn } from '../../server/src/layers/operations/profile/compare-profiles.ts'
import { chiSquareContingency } from '../../server/src/stats/chi-square-contingency.ts'
import { kolmogorovTail } from '../../server/src/stats/kolmogorov.ts'
import { ksDistance } from '../../server/src/stats/ks-distance.ts'

/** What an empty bin counts as, in Evidently. */
const SHARE_LEAST = 1e-4
const P_VALUE = 0.05

/** Population stability index on ten bins of the reference, or on its values. */
export function plainPsi(column: ComparedColumn): number {
  const [reference, window] = [column.reference, column.window].map((counts) => mergePairs(column, counts)) as [
    number[],
    number[],
  ]
  const [n, m] = [sum(reference), sum(window)]
  return reference.reduce((total, count, i) => {
    const other = window[i]!
    if (count === 0 && other === 0) return total
    const [p, q] = [Math.max(count / n, SHARE_LEAST), Math.max(other / m, SHARE_LEAST)]
    return total + (p - q) * Math.log(p / q)
  }, 0)
}

/** Two bins of 5 % make one of 10 %. */
function mergePairs({ bins }: ComparedColumn, counts: Float64Array): number[] {
  if (bins.filter(({ kind }) => kind === 'range').length < 18) return [...counts]
  const merged: number[] = []
  for (const [i, { kind }] of bins.entries())
    if (kind !== 'range' || (i % 2 === 0) === (bins.findIndex((bin) => bin.kind === 'range') % 2 === 0)) merged.push(counts[i]!)
    else merged[merged.length - 1]! += counts[i]!
  return merged
}

/** Numbers by Kolmogorov-Smirnov, without those that are missing; words by chi-square. */
export function isSignificant(column: ComparedColumn, reference: Table, window: Table): boolean {
  const [before, after] = [numbersOf(reference, column.name), numbersOf(window, column.name)]
  if (before === undefined || after === undefined) return chiSquareContingency(column).pValue < P_VALUE
  return kolmogorovTail(ksDistance(before, after), before.length, after.length) < P_VALUE
}

function numbersOf(table: Table, name: string): Float64Array | undefined {
  const column = table.columns.get(name)!
  return column.type === 'text' || column.type === 'boolean' ? undefined : column.values.filter((value) => !Number.isNaN(value))
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
