/**
 * Exact Shapley values of a sum of trees, against one background row: interventional TreeSHAP (S. M. Lundberg et al. 2020, From
 * local explanations to global understanding with explainable AI for trees, Nature Machine Intelligence 2, 56-67; in the form
 * of G. Laberge and Y. Pequignot 2022, Understanding interventional TreeSHAP, arXiv:2209.15123).
 *
 * The question is what a tree says of every mixture of the explained row x and the background row z, where each column comes from
 * one of them. Both are walked down together. Where they go the same way, every mixture does. Where they part, the mixtures with
 * this column from x go one way and those with it from z the other, and further down the column is decided:
 *
 *                   hour <= 11         x left, z right
 *             x hour /     \ z hour    x hour: reached by mixtures with hour from x
 *       origin in {..}      leaf 0.1   z hour: by those with hour from z
 *
 * A leaf is so reached by exactly the mixtures that take a set X of columns from x and a set Z from z, and its value counts for
 * each column of X by (|X|-1)! |Z|! / (|X|+|Z|)! and against each of Z by |X|! (|Z|-1)! / (|X|+|Z|)!. The cost is the number of
 * leaves that some mixture reaches, and not the number of mixtures. Columns here are those of the user: an airport that the trees
 * see as several features is one column, and is one or the other row's as a whole.
 */
import type { TreeEnsemble } from './tree-ensemble.ts'

const LEAF = 0
const UNDECIDED = 0
const FROM_ROW = 1
const FROM_BACKGROUND = 2
/** Partings of one pair of rows: more would take seconds, and honest trees have as many as they have leaves. */
const PARTINGS_MAX = 5_000_000

export interface TreeWalk {
  readonly trees: TreeEnsemble
  readonly target: number
  /** Column of the user behind each feature of the trees; shape [features]. */
  readonly columnOf: Int32Array
  readonly columns: number
}

/**
 * Adds the contribution of each column to `into`, shape [columns]; `row` and `background` are directions of the two rows. False,
 * with rubbish added, when the trees part the rows more often than anybody waits for.
 */
export function addContributions(walk: TreeWalk, row: Uint8Array, background: Uint8Array, into: Float64Array): boolean {
  const { trees, target } = walk
  const { roots, modes, features, yes, no } = trees
  const leaves = trees.leaves.get(target)!
  const decided = new Uint8Array(walk.columns)
  const fromRow: number[] = []
  const fromBackground: number[] = []
  let partings = 0

  /** Recursion only where the rows part at a new column, so it is at most as deep as there are columns. */
  function visit(start: number): void {
    let node = start
    for (; modes[node] !== LEAF;) {
      const column = walk.columnOf[features[node]!]!
      const [ofRow, ofBackground] = [row[node]!, background[node]!]
      const state = decided[column]!
      if (state === UNDECIDED && ofRow !== ofBackground) return part(node, column, ofRow === 1)
      node = (state === FROM_BACKGROUND ? ofBackground : ofRow) === 1 ? yes[node]! : no[node]!
    }
    settle(leaves[node]!)
  }
  function part(node: number, column: number, isRowYes: boolean): void {
    if (++partings > PARTINGS_MAX) return
    decided[column] = FROM_ROW
    fromRow.push(column)
    visit(isRowYes ? yes[node]! : no[node]!)
    fromRow.pop()
    decided[column] = FROM_BACKGROUND
    fromBackground.push(column)
    visit(isRowYes ? no[node]! : yes[node]!)
    fromBackground.pop()
    decided[column] = UNDECIDED
  }
  function settle(value: number): void {
    const [x, z] = [fromRow.length, fromBackground.length]
    if (x > 0) {
      const gain = value * weightOf(x, z)
      for (const column of fromRow) into[column]! += gain
    }
    if (z > 0) {
      const loss = value * weightOf(z, x)
      for (const column of fromBackground) into[column]! -= loss
    }
  }
  for (const root of roots) visit(root)
  return partings <= PARTINGS_MAX
}

const weights: number[][] = []

/** (own - 1)! other! / (own + other)!, kept once computed: 1 / (n · binomial(n - 1, other)). */
function weightOf(own: number, other: number): number {
  const row = (weights[own] ??= [])
  const known = row[other]
  if (known !== undefined) return known
  let binomial = 1
  for (let i = 1; i <= other; i++) binomial = (binomial * (own - 1 + i)) / i
  return (row[other] = 1 / ((own + other) * binomial))
}
