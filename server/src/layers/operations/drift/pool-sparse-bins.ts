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
const add = (pool: Pool, reference: number, window: number): void => {
  pool.reference += reference
  pool.window += window
}

/**
 * Puts bins together that expect fewer rows: ranges with their neighbours, rare values with each other, and by themselves those
 * that should be empty (missing, infinite, of another type, out of range, new), so that an unheard-of value is not hidden among
 * rare ones. What is expected is read from the reference alone: if the window had a say in it, chance would choose the bins that
 * judge it. Bins that no row of either sample lies in are left out; all rows stay.
 */
export function poolSparseBins(column: ComparedColumn): BinnedPair {
  const { n, m } = rowsOf(column)
  const expects = (rows: number) => (rows / n) * Math.min(n, m) >= EXPECTED_ROWS_MIN
  const filled: Pool[] = []
  const [rare, unusual] = [emptyPool(), emptyPool()]
  let range = emptyPool()
  let lastRange: Pool | undefined
  for (const [i, { kind }] of column.bins.entries()) {
    const [reference, window] = [column.reference[i]!, column.window[i]!]
    if (kind === 'range') {
      add(range, reference, window)
      if (!expects(range.reference)) continue
      filled.push((lastRange = range))
      range = emptyPool()
    } else if (expects(reference)) filled.push({ reference, window })
    else add(kind === 'value' ? rare : unusual, reference, window)
  }
  // The last ranges may be too few for a bin of their own.
  if (lastRange === undefined) filled.push(range)
  else add(lastRange, range.reference, range.window)
  const pools = [...filled, rare, unusual].filter((pool) => pool.reference + pool.window > 0)
  return {
    reference: Float64Array.from(pools, (pool) => pool.reference),
    window: Float64Array.from(pools, (pool) => pool.window),
  }
}

/** How many bins there would be, about, in a window of so many rows. */
export function filledBinsAt(column: ComparedColumn, rows: number): number {
  const { n } = rowsOf(column)
  const scale = Math.min(n, rows) / n / EXPECTED_ROWS_MIN
  let [ranges, inRanges, others] = [0, 0, 1]
  for (const [i, { kind }] of column.bins.entries()) {
    const expected = column.reference[i]! * scale
    if (kind === 'range') {
      ranges++
      inRanges += expected
    } else if (expected >= 1) others++
  }
  return others + Math.min(ranges, Math.floor(inRanges))
}
