/**
 * Grows one tree, best leaf first: of all open leaves the one whose split saves most is split next, until `leavesMax`. With
 * room for all 2^depthMax leaves this is the same tree as level by level; with less, the leaves go where the loss is.
 * Rows of a node lie side by side in one array, in rising order, so a split is a stable partition of its stretch.
 */
import type { BinnedRows } from './binned-rows.ts'
import { addRows, type Histogram, type HistogramPool, subtract } from './histogram.ts'
import type { BoostedTreesOptions } from './options.ts'
import { findSplit, type Split, type Sums } from './split-search.ts'

export interface GrownSplit {
  readonly split: Split
  /** By bin after the column's first: 1 goes left. */
  readonly goesLeft: Uint8Array
  left: number
  right: number
}

/** The tree in terms of bins. Children as in `Tree`: a split, or `~leaf`. */
export interface GrownTree {
  readonly splits: readonly GrownSplit[]
  readonly leaves: Float32Array
  /** The rows it was grown on, leaf by leaf; leaf i has those from `leafStarts[i]` up to `leafStarts[i + 1]`. */
  readonly rows: Int32Array
  readonly leafStarts: Int32Array
}

interface OpenLeaf extends Sums {
  readonly from: number
  readonly to: number
  readonly depth: number
  /** Undefined when it cannot be split any more. */
  readonly split: Split | undefined
  readonly histogram: Histogram | undefined
  /** Hangs a split or `~leaf` where this leaf is. */
  readonly attach: (child: number) => void
}

interface Growth {
  readonly binned: BinnedRows
  readonly derivatives: Float64Array
  readonly rows: Int32Array
  readonly columns: readonly number[]
  readonly options: BoostedTreesOptions
  readonly pool: HistogramPool
  readonly spare: Int32Array
}

/**
 * @param growth.rows Row numbers, rising; put into the order of the leaves.  @param columns Columns that may be split.
 * @returns The tree, which keeps `rows`; without any split worth it, it has one leaf and no splits.
 */
export function growTree(growth: Omit<Growth, 'spare'>): GrownTree {
  const { rows, options } = growth
  const grower: Growth = { ...growth, spare: new Int32Array(rows.length) }
  const histogram = grower.pool.take()
  addRows(histogram, grower.binned, grower.derivatives, rows, 0, rows.length)
  const splits: GrownSplit[] = []
  let open = [openLeaf(grower, sumOf(grower), 0, rows.length, 0, histogram, () => undefined)]
  while (open.length < options.leavesMax) {
    const best = open.reduce((a, b) => ((b.split?.gain ?? 0) > (a.split?.gain ?? 0) ? b : a))
    if (best.split === undefined) break
    const place = splits.length
    const grown: GrownSplit = { split: best.split, goesLeft: leftBins(grower.binned, best.split), left: ~0, right: ~0 }
    splits.push(grown)
    best.attach(place)
    open = [...open.filter((leaf) => leaf !== best), ...splitLeaf(grower, best, grown)]
  }
  open.sort((a, b) => a.from - b.from)
  const leaves = new Float32Array(open.length)
  open.forEach((leaf, i) => {
    leaf.attach(~i)
    leaves[i] = (-leaf.gradient / (leaf.hessian + options.l2)) * options.learningRate
    if (leaf.histogram !== undefined) grower.pool.give(leaf.histogram)
  })
  return { splits, leaves, rows, leafStarts: Int32Array.from([...open.map(({ from }) => from), rows.length]) }
}

function sumOf({ derivatives, rows }: Growth): Sums {
  let [gradient, hessian] = [0, 0]
  for (let i = 0; i < rows.length; i++) {
    gradient += derivatives[2 * rows[i]!]!
    hessian += derivatives[2 * rows[i]! + 1]!
  }
  return { gradient, hessian, rows: rows.length }
}

function openLeaf(
  growth: Growth,
  sums: Sums,
  from: number,
  to: number,
  depth: number,
  histogram: Histogram,
  attach: (child: number) => void,
): OpenLeaf {
  const split = findSplit(histogram, growth.binned.columns, growth.columns, sums, growth.options)
  if (split === undefined) growth.pool.give(histogram)
  return { ...sums, from, to, depth, split, histogram: split === undefined ? undefined : histogram, attach }
}

function closedLeaf(sums: Sums, from: number, to: number, depth: number, attach: (child: number) => void): OpenLeaf {
  return { ...sums, from, to, depth, split: undefined, histogram: undefined, attach }
}

function splitLeaf(growth: Growth, leaf: OpenLeaf, grown: GrownSplit): OpenLeaf[] {
  const { from, to, histogram: parent } = leaf
  const middle = partition(growth, grown, from, to)
  const { left } = grown.split
  const right = {
    gradient: leaf.gradient - left.gradient,
    hessian: leaf.hessian - left.hessian,
    rows: leaf.rows - left.rows,
  }
  const sides = [
    { sums: left, from, to: middle, attach: (child: number) => void (grown.left = child) },
    { sums: right, from: middle, to, attach: (child: number) => void (grown.right = child) },
  ] as const
  const depth = leaf.depth + 1
  const isLast = (side: (typeof sides)[number]) =>
    depth === growth.options.depthMax || side.sums.rows < 2 * growth.options.childRowsMin
  if (sides.every(isLast)) {
    growth.pool.give(parent!)
    return sides.map((side) => closedLeaf(side.sums, side.from, side.to, depth, side.attach))
  }
  const [small, large] = left.rows <= right.rows ? sides : [sides[1], sides[0]]
  const histogram = growth.pool.take()
  addRows(histogram, growth.binned, growth.derivatives, growth.rows, small.from, small.to)
  subtract(parent!, histogram)
  const leafOf = (side: typeof small, own: Histogram) => openLeaf(growth, side.sums, side.from, side.to, depth, own, side.attach)
  return [leafOf(small, histogram), leafOf(large, parent!)]
}

/** Moves the rows that go left to the front, each side in its old order. Gives the first place of the right side. */
function partition({ binned, rows, spare }: Growth, { split, goesLeft }: GrownSplit, from: number, to: number): number {
  const width = binned.columns.length
  const { first } = binned.columns[split.column]!
  const { bins } = binned
  let left = from
  let right = 0
  for (let i = from; i < to; i++) {
    const row = rows[i]!
    const step = goesLeft[bins[row * width + split.column]! - first]!
    // Written to both sides, and kept on one: which one is a coin toss that a branch would lose half of the time.
    rows[left] = row
    spare[right] = row
    left += step
    right += 1 - step
  }
  rows.set(spare.subarray(0, right), left)
  return left
}

function leftBins(binned: BinnedRows, split: Split): Uint8Array {
  const goesLeft = new Uint8Array(binned.columns[split.column]!.count + 1)
  if (split.members !== undefined) for (const bin of split.members) goesLeft[bin] = 1
  else goesLeft.fill(1, 1, split.bin! + 1)
  if (split.missingLeft) goesLeft[0] = 1
  return goesLeft
}

/** Adds the leaves to the scores of the rows that the tree was grown on. */
export function addToOwnRows({ leaves, rows, leafStarts }: GrownTree, scores: Float32Array): void {
  for (let leaf = 0; leaf < leaves.length; leaf++) {
    const value = leaves[leaf]!
    for (let i = leafStarts[leaf]!, end = leafStarts[leaf + 1]!; i < end; i++) scores[rows[i]!]! += value
  }
}

/** Adds the tree's leaf to the score of each of `rows`. */
export function addToRows(
  { splits, leaves }: GrownTree,
  { bins, columns }: BinnedRows,
  rows: Int32Array,
  scores: Float32Array,
): void {
  const width = columns.length
  const root = splits.length === 0 ? ~0 : 0
  const firsts = splits.map(({ split }) => columns[split.column]!.first)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    let node = root
    while (node >= 0) {
      const { split, goesLeft, left, right } = splits[node]!
      node = goesLeft[bins[row * width + split.column]! - firsts[node]!] === 1 ? left : right
    }
    scores[row]! += leaves[~node]!
  }
}
