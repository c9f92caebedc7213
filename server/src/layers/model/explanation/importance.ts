/** Which columns a version goes by: the mean size of their contributions over some rows. */
import { setImmediate as turn } from 'node:timers/promises'
import type { RowExplainer } from './explain-rows.ts'
import type { Explanation } from './explanation.ts'

export interface ColumnImportance {
  readonly column: string
  /** Mean |contribution|, in the unit of the explanations. */
  readonly importance: number
  /** Of the importance, over the draw of the rows. */
  readonly standardError: number
  /** Of all importances together, 0..1. */
  readonly share: number
}
export interface Importance {
  readonly output: string
  readonly unit: Explanation['unit']
  /** Rows that were explained. */
  readonly rows: number
  readonly background: number
  /** The most important first. */
  readonly columns: readonly ColumnImportance[]
  readonly method: string
}

/** Explains rows until all are, or the time is over; at least one. Throws what explaining throws, and the signal's reason. */
export async function measureImportance(
  explainer: RowExplainer,
  {
    rows,
    background,
    msMax,
    signal,
  }: { rows: readonly number[]; background: readonly number[]; msMax: number; signal?: AbortSignal },
): Promise<Importance> {
  const startMs = performance.now()
  const sizes = new Map<string, { sum: number; squares: number }>()
  let explained = 0
  let last: Explanation | undefined
  for (const row of rows) {
    signal?.throwIfAborted()
    last = await explainer.explain(row, background, signal)
    for (const { column, value } of last.contributions) {
      const size = sizes.get(column) ?? { sum: 0, squares: 0 }
      sizes.set(column, size)
      size.sum += Math.abs(value)
      size.squares += value ** 2
    }
    explained += 1
    if (performance.now() - startMs > msMax) break
    await turn()
  }
  if (last === undefined) throw new Error('Importance was asked of no rows.')
  const total = [...sizes.values()].reduce((sum, size) => sum + size.sum, 0)
  const columns = [...sizes].map(([column, { sum, squares }]) => ({
    column,
    importance: sum / explained,
    standardError: explained < 2 ? 0 : Math.sqrt(Math.max(0, squares - sum ** 2 / explained) / (explained - 1) / explained),
    share: total > 0 ? sum / total : 0,
  }))
  const { output, unit, method } = last
  return Object.freeze<Importance>({
    ...{ output, unit, rows: explained, background: background.length },
    columns: columns.toSorted((a, b) => b.importance - a.importance),
    method: `mean |contribution| over ${explained} rows; ${method}`,
  })
}
