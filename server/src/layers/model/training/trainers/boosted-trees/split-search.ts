/**
 * The best split of a node. With G and H the sums of gradients and curvatures of a set of rows, the leaf that lowers the loss
 * most is -G / (H + l2), and lowers it by ½ G² / (H + l2); a split saves what its children save together less what the node
 * saves alone (T. Chen, C. Guestrin 2016, XGBoost, KDD, equations 5 to 7).
 *
 * Missing rows are tried on both sides. Where a node has none, later ones go with the greater curvature.
 *
 * Categories are put in order of G / (H + smoothing); for a convex loss the best of all 2^k subsets is a prefix of that order
 * (W. Fisher 1958; for the derivative form, LightGBM). So free a choice finds a gain in noise too, the more so the more
 * categories there are. Three things hold it back: smoothing keeps small categories in the middle of the order, categories with
 * few rows in the node have no say, and the gain is judged with a stronger pull to zero.
 */
import type { BinnedColumn } from './binned-rows.ts'
import type { Histogram } from './histogram.ts'
import type { BoostedTreesOptions } from './options.ts'

export interface Sums {
  readonly gradient: number
  readonly hessian: number
  readonly rows: number
}

export interface Split {
  readonly column: number
  readonly gain: number
  /** A number goes left up to this bin after the column's first; undefined for categories. */
  readonly bin: number | undefined
  /** Bins after the column's first that go left, rising; undefined for a number. */
  readonly members: readonly number[] | undefined
  readonly missingLeft: boolean
  readonly left: Sums
}

export type SplitOptions = Pick<
  BoostedTreesOptions,
  'childRowsMin' | 'childHessianMin' | 'l2' | 'gainMin' | 'categoryRowsMin' | 'categorySmoothing' | 'categoryL2'
>

/** The split of `columns` that saves most, or undefined when none is allowed and saves more than `gainMin`. */
export function findSplit(
  histogram: Histogram,
  binned: readonly BinnedColumn[],
  columns: readonly number[],
  node: Sums,
  options: SplitOptions,
): Split | undefined {
  let best: Split | undefined
  for (const column of columns) {
    const search: Search = { histogram, column, node, options, gainMin: best?.gain ?? options.gainMin }
    const bins = binned[column]!
    const found = bins.borders === undefined ? searchCategories(search, bins) : searchNumber(search, bins)
    best = found ?? best
  }
  return best
}

/** What a search over one column knows; `gainMin` is what the best column so far saves. */
interface Search {
  readonly histogram: Histogram
  readonly column: number
  readonly node: Sums
  readonly options: SplitOptions
  readonly gainMin: number
}

function searchNumber({ histogram, column, node, options, gainMin }: Search, { first, count }: BinnedColumn): Split | undefined {
  const { counts } = histogram
  const missing = sumsAt(histogram, first)
  const scan = createScan(histogram, node, options, options.l2, gainMin)
  // With the missing on the right, then on the left.
  for (const start of missing.rows > 0 ? [ZERO, missing] : [ZERO]) {
    scan.begin(start)
    for (let bin = 1; bin <= count; bin++) {
      // After the last bin only the missing are left on the right.
      if (counts[first + bin] !== 0 && !scan.add(first + bin, bin)) break
    }
  }
  const found = scan.best()
  if (found === undefined) return undefined
  const missingLeft = missing.rows > 0 ? found.start !== ZERO : found.left.hessian > node.hessian / 2
  return { column, gain: found.gain, bin: found.at, members: undefined, missingLeft, left: found.left }
}

function searchCategories(search: Search, { first, count }: BinnedColumn): Split | undefined {
  const { histogram, column, node, options, gainMin } = search
  const order = orderedCategories(histogram, first, count, options)
  if (order.length === 0) return undefined
  // Missing rows and those of categories that have no say here; never taken apart.
  const rest = restOf(histogram, first, order, node)
  const scan = createScan(histogram, node, options, options.l2 + options.categoryL2, gainMin)
  for (const start of rest.rows > 0 ? [ZERO, rest] : [ZERO]) {
    scan.begin(start)
    for (let i = 0; i < order.length; i++) {
      if (!scan.add(first + order[i]!, i)) break
    }
  }
  const found = scan.best()
  if (found === undefined) return undefined
  const head = order.slice(0, found.at + 1)
  const tail = order.slice(found.at + 1)
  const restLeft = rest.rows > 0 ? found.start !== ZERO : found.left.hessian > node.hessian / 2
  // Members go left, the rest right; where the rest belongs to the head, the tail becomes the members.
  const [members, left] = restLeft ? [tail, differenceOf(node, found.left)] : [head, found.left]
  return { column, gain: found.gain, bin: undefined, members: members.toSorted((a, b) => a - b), missingLeft: false, left }
}

/** Bins that have enough rows, by gradient over curvature; ties by bin. */
function orderedCategories(histogram: Histogram, first: number, count: number, options: SplitOptions): number[] {
  const bins: number[] = []
  const ratios = new Float64Array(count + 1)
  for (let bin = 1; bin <= count; bin++) {
    const { gradient, hessian, rows } = sumsAt(histogram, first + bin)
    if (rows < options.categoryRowsMin) continue
    ratios[bin] = gradient / (hessian + options.categorySmoothing)
    bins.push(bin)
  }
  return bins.sort((a, b) => ratios[a]! - ratios[b]! || a - b)
}

function restOf(histogram: Histogram, first: number, order: readonly number[], node: Sums): Sums {
  let { gradient, hessian, rows } = node
  for (const bin of order) {
    const sums = sumsAt(histogram, first + bin)
    gradient -= sums.gradient
    hessian -= sums.hessian
    rows -= sums.rows
  }
  return { gradient, hessian, rows }
}

const ZERO: Sums = { gradient: 0, hessian: 0, rows: 0 }
const differenceOf = (a: Sums, b: Sums): Sums => ({
  gradient: a.gradient - b.gradient,
  hessian: a.hessian - b.hessian,
  rows: a.rows - b.rows,
})
const sumsAt = ({ sums, counts }: Histogram, bin: number): Sums => ({
  gradient: sums[2 * bin]!,
  hessian: sums[2 * bin + 1]!,
  rows: counts[bin]!,
})

/** Moves bins from the right side to the left one, and keeps the best place to cut. */
function createScan({ sums, counts }: Histogram, node: Sums, options: SplitOptions, l2: number, gainMin: number) {
  const { childRowsMin, childHessianMin } = options
  const alone = node.gradient ** 2 / (node.hessian + l2)
  let [gain, at] = [gainMin, -1]
  let [start, bestStart] = [ZERO, ZERO]
  let [gradient, hessian, rows] = [0, 0, 0]
  let [bestGradient, bestHessian, bestRows] = [0, 0, 0]
  return {
    begin(from: Sums): void {
      start = from
      gradient = from.gradient
      hessian = from.hessian
      rows = from.rows
    },
    /** False once the right side is too small, which it then stays. */
    add(bin: number, place: number): boolean {
      gradient += sums[2 * bin]!
      hessian += sums[2 * bin + 1]!
      rows += counts[bin]!
      if (rows < childRowsMin || hessian < childHessianMin) return true
      const hessianRight = node.hessian - hessian
      if (node.rows - rows < childRowsMin || hessianRight < childHessianMin) return false
      const gradientRight = node.gradient - gradient
      const saved = (gradient * gradient) / (hessian + l2) + (gradientRight * gradientRight) / (hessianRight + l2) - alone
      if (saved / 2 <= gain) return true
      gain = saved / 2
      at = place
      bestStart = start
      bestGradient = gradient
      bestHessian = hessian
      bestRows = rows
      return true
    },
    best: () =>
      at < 0 ? undefined : { gain, at, start: bestStart, left: { gradient: bestGradient, hessian: bestHessian, rows: bestRows } },
  }
}
