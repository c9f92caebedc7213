import type { ComparedBin, ComparedColumn } from '../profile/compare-profiles.ts'
import { sumOf } from './watched-finding.ts'

/** Rows that a value expects in the smaller sample to be judged by itself. Twice of what the laws need, so that it keeps them. */
const EXPECTED_ROWS_MIN = 20

/**
 * Values that are rare put together, in the order of their names, for a reference that is no larger than windows are. What is rare
 * is read from both sides together, which chance favours neither by. Read from a small reference alone, values that happened to be
 * frequent there would be judged by themselves, and come back to their usual share afterwards: measured on the airports of
 * undrifted flights, 400 rows against 200, two windows of three were called drifted.
 */
export function poolRareValues(column: ComparedColumn): ComparedColumn {
  if (column.family !== 'values') return column
  const { bins, reference, window } = column
  const [n, m] = [sumOf(reference), sumOf(window)]
  const expects = (rows: number) => (rows * Math.min(n, m)) / (n + m) >= EXPECTED_ROWS_MIN
  const kept: Pool[] = []
  const rare: Pool[] = []
  for (const [i, bin] of bins.entries()) {
    const pool = { ...bin, reference: reference[i]!, window: window[i]!, values: 1 }
    if (bin.kind !== 'value' || expects(pool.reference + pool.window)) kept.push(pool)
    else if (pool.reference + pool.window > 0) rare.push(pool)
  }
  const pooled = poolRuns(
    rare.toSorted((a, b) => (a.label < b.label ? -1 : 1)),
    expects,
  )
  const all = [...kept, ...pooled]
  return {
    ...column,
    bins: all.map(({ kind, label, values }): ComparedBin => ({
      kind,
      label: values === 1 ? label : `${label} and ${values - 1} more`,
    })),
    reference: Float64Array.from(all, (pool) => pool.reference),
    window: Float64Array.from(all, (pool) => pool.window),
  }
}

interface Pool extends ComparedBin {
  readonly reference: number
  readonly window: number
  readonly values: number
}

const join = (a: Pool, b: Pool): Pool => ({
  ...a,
  reference: a.reference + b.reference,
  window: a.window + b.window,
  values: a.values + b.values,
})

/** Neighbours together until they expect enough; what is left at the end goes to the last. */
function poolRuns(pools: readonly Pool[], expects: (rows: number) => boolean): readonly Pool[] {
  const merged: Pool[] = []
  let open: Pool | undefined
  for (const pool of pools) {
    open = open === undefined ? pool : join(open, pool)
    if (!expects(open.reference + open.window)) continue
    merged.push(open)
    open = undefined
  }
  const last = merged.at(-1)
  if (open === undefined) return merged
  return last === undefined ? [open] : [...merged.slice(0, -1), join(last, open)]
}
