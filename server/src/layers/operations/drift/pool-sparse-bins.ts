import { type BinnedPair, rowsOf } from '../../../stats/counts.ts'
import type { ComparedColumn } from '../profile/compare-profiles.ts'

/**
 * Rows a bin should expect in the smaller sample. From five on Pearson's law holds (W. Cochran 1954); with ten the other laws come
 * close, and small windows are judged on fewer bins and less noise.
 */
const EXPECTED_ROWS_MIN = 10

interface Pool {
  /** Rows of the reference that say what to expect. */
  seen: number
  reference: number
  window: number
}
const emptyPool = (): Pool => ({ seen: 0, reference: 0, window: 0 })
const add = (pool: Pool, { seen, reference, window }: Pool): void => {
  pool.seen += seen
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
 *
 * @param reference Counts to sum up instead, on the same bins put together in the same way.
 */
export function poolSparseBins(column: ComparedColumn, reference: Float64Array = column.reference): BinnedPair {
  const { n, m } = rowsOf(column)
  const expects = (rows: number) => (rows / n) * Math.min(n, m) >= EXPECTED_ROWS_MIN
  const filled: Pool[] = []
  const unusual = emptyPool()
  const ranges: Pool[] = []
  const rare: (Pool & { readonly label: string })[] = []
  for (const [i, { kind, label }] of column.bins.entries()) {
    const pool = { seen: column.reference[i]!, reference: reference[i]!, window: column.window[i]!, label }
    if (kind === 'range') ranges.push(pool)
    else if (expects(pool.seen)) filled.push(pool)
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

/** Sums of neighbours that expect enough; those that are left at the end go to the last sum, unless it is the only one. */
function mergeRuns(pools: readonly Pool[], expects: (rows: number) => boolean): readonly Pool[] {
  const merged: Pool[] = []
  let open = emptyPool()
  for (const pool of pools) {
    add(open, pool)
    if (!expects(open.seen)) continue
    merged.push(open)
    open = emptyPool()
  }
  const last = merged.at(-1)
  if (last === undefined || merged.length === 1) return [...merged, open]
  add(last, open)
  return merged
}

/**
 * Rows of the reference in each bin as they look to one of its own rows, had the others made the bins without it. That is how a row
 * of the window sees them, and without it a window is blamed for what the reference cannot have:
 *
 *   - one row in n + 1 lies below the smallest number of n others, and one above the largest;
 *   - a value that one row has is new to that row (I. Good 1953, Biometrika 40, 237-264: new ones come as often as there are such);
 *   - a value that came often enough to be listed came a little more often than it will again (H. Robbins 1956).
 */
export function allowForTheUnseen(column: ComparedColumn): Float64Array {
  return column.family === 'values' ? lendToUnlisted(column) : lendBeyondEnds(column)
}

function lendBeyondEnds(column: ComparedColumn): Float64Array {
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
  return reference
}

/**
 * Truth values are listed whether seen or not, and lend nothing; nor do counts that did not make the list themselves, which are those
 * of another window: only the list of a baseline falls and ends with the unlisted.
 */
function lendToUnlisted({ bins, type, reference: seen }: ComparedColumn): Float64Array {
  const unlisted = bins.length - 1
  const { kind } = bins[unlisted]!
  const isComplete = kind === 'new'
  if (type === 'boolean' || (!isComplete && kind !== 'rest') || (isComplete && seen[unlisted] !== 0)) return seen
  const listed = [...bins.keys()].filter((i) => bins[i]!.kind === 'value' && seen[i]! > 0)
  if (listed.some((i, place) => place > 0 && seen[listed[place - 1]!]! < seen[i]!)) return seen
  const reference = seen.slice()
  const values = listed.map((i) => ({ rows: seen[i]!, label: bins[i]!.label }))
  const excess = rowsThatList(values, isComplete) / Math.max(1, listed.length)
  for (const i of listed) {
    const lent = Math.min(seen[i]!, excess)
    reference[unlisted]! += lent
    reference[i]! -= lent
  }
  return reference
}

/**
 * Rows whose value would not be listed without them: by so much all listed values together exceed their due. Each does by about
 * the same: if N(c) ~ c^-b values have c rows, those are due (c + 1) N(c + 1) / N(c) rows on average, which is c less b - 1.
 *
 * @param values By rows and then by name, as baselines list them.
 */
function rowsThatList(values: readonly { readonly rows: number; readonly label: string }[], isComplete: boolean): number {
  const last = values.at(-1)
  if (last === undefined) return 0
  if (isComplete) return values.filter(({ rows }) => rows === 1).length
  // Values at the hurdle are few where it is high, so they are counted as far above it as chance carries them.
  const reach = Math.floor(Math.sqrt(last.rows) / 2)
  if (reach > 1) {
    const near = values.filter(({ rows }) => rows > last.rows && rows <= last.rows + reach).length
    return (near * last.rows) / reach
  }
  const isNear = ({ rows, label }: typeof last) => rows - 1 < last.rows || (rows - 1 === last.rows && label > last.label)
  return values.reduce((sum, value) => sum + (isNear(value) ? value.rows : 0), 0)
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
