import { type BinnedPair, rowsOf } from '../../../stats/counts.ts'
import type { ComparedColumn } from '../profile/compare-profiles.ts'

/**
 * Rows a bin should expect in the smaller sample. From five on Pearson's law holds (W. Cochran 1954); with ten the other laws come
 * close, and small windows are judged on fewer bins and less noise.
 */
const EXPECTED_ROWS_MIN = 10

interface Pool {
  reference: number
  window: number
}
const emptyPool = (): Pool => ({ reference: 0, window: 0 })
const add = (pool: Pool, { reference, window }: Pool): void => {
  pool.reference += reference
  pool.window += window
}

/**
 * Puts bins together that expect fewer rows: ranges with their neighbours, rare values with each other in the order of their names,
 * and by themselves those that should be empty (missing, infinite, of another type, out of range, new), so that an unheard-of value
 * is not hidden among rare ones.
 *
 * What is expected is read from the reference alone, and groups are no larger than they must be: if the window had a say, or all
 * rare values were one bin, chance would choose the bins that judge it (values that came seldom by chance are put together, and
 * come more often the next time). Bins that no row of either sample lies in are left out; all rows stay.
 */
export function poolSparseBins(column: ComparedColumn): BinnedPair {
  const { n, m } = rowsOf(column)
  const expects = (rows: number) => (rows / n) * Math.min(n, m) >= EXPECTED_ROWS_MIN
  const filled: Pool[] = []
  const unusual = emptyPool()
  const ranges: Pool[] = []
  const rare: (Pool & { readonly label: string })[] = []
  for (const [i, { kind, label }] of column.bins.entries()) {
    const pool = { reference: column.reference[i]!, window: column.window[i]!, label }
    if (kind === 'range') ranges.push(pool)
    else if (expects(pool.reference)) filled.push(pool)
    else if (kind === 'value') rare.push(pool)
    else add(unusual, pool)
  }
  const byName = rare.toSorted((a, b) => (a.label < b.label ? -1 : 1))
  const pools = [...filled, ...mergeRuns(ranges, expects), ...mergeRuns(byName, expects), unusual]
  const occupied = pools.filter(({ reference, window }) => reference + window > 0)
  return {
    reference: Float64Array.from(occupied, ({ reference }) => reference),
    window: Float64Array.from(occupied, ({ window }) => window),
  }
}

/** Sums of neighbours that expect enough; those that are left at the end go to the last sum. */
function mergeRuns(pools: readonly Pool[], expects: (rows: number) => boolean): readonly Pool[] {
  const merged: Pool[] = []
  let open = emptyPool()
  for (const pool of pools) {
    add(open, pool)
    if (!expects(open.reference)) continue
    merged.push(open)
    open = emptyPool()
  }
  const last = merged.at(-1)
  if (last === undefined) return [open]
  add(last, open)
  return merged
}

/**
 * The same column with one row of the reference below its smallest number and one above its largest, taken from the ranges there.
 * No row of the training data can lie outside its own range, but of rows like them one in n + 1 will, on either side.
 */
export function allowForTheUnseen(column: ComparedColumn): ComparedColumn {
  const reference = column.reference.slice()
  const lend = (to: number, from: number) => {
    if (reference[to] !== 0 || column.bins[from]?.kind !== 'range' || reference[from]! < 2) return
    reference[to] = 1
    reference[from]! -= 1
  }
  for (const [i, { kind }] of column.bins.entries()) {
    if (kind === 'below') lend(i, i + 1)
    if (kind === 'above') lend(i, i - 1)
  }
  return { ...column, reference }
}

/** How many bins there would be, about, in a window of so many rows. */
export function filledBinsAt(column: ComparedColumn, rows: number): number {
  const { n } = rowsOf(column)
  const scale = Math.min(n, rows) / n / EXPECTED_ROWS_MIN
  let [alone, together, filled] = [0, 0, 1]
  for (const [i, { kind }] of column.bins.entries()) {
    const expected = column.reference[i]! * scale
    if (kind !== 'range' && expected >= 1) filled++
    else {
      alone++
      together += expected
    }
  }
  return filled + Math.min(alone, Math.floor(together))
}
