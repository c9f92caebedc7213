/**
 * A decision tree as arrays, one entry a split; split 0 is the root. A child is the number of another split, or `~leaf`:
 *
 *                      column  threshold  members  missingLeft  left  right
 *     0  hour <= 11.5       0       11.5        -            1     1     ~0      hour <= 11.5, or missing: split 1; else leaf 0
 *     1  origin in {3, 7}   3          -   [3, 7]            0    ~1     ~2      LAX or SFO: leaf 1; else, or missing: leaf 2
 *
 * A number goes left when it is at most the threshold; a category when it is a member. A category that is missing, or that
 * was too rare for the split to know it, always goes right: members are chosen so that this is the side they belong to.
 * Thresholds and leaves are float32, so that ONNX Runtime, which computes in float32, decides and adds as we do.
 */
export interface Tree {
  readonly columns: readonly number[]
  readonly thresholds: Float32Array
  /** Codes that go left, rising, for a split by categories; undefined for a split by a number. */
  readonly members: readonly (readonly number[] | undefined)[]
  readonly missingLeft: readonly boolean[]
  readonly lefts: Int32Array
  readonly rights: Int32Array
  /** At least one. A tree without a split is its leaf 0. */
  readonly leaves: Float32Array
}

/** Adds the tree's leaf to the score of each row. `matrix` is [rows, width]; the sums are rounded to float32, as in ONNX. */
export function addTree(tree: Tree, matrix: Float32Array, width: number, scores: Float32Array): void {
  const { columns, thresholds, missingLeft, lefts, rights, leaves } = tree
  const sets = tree.members.map((codes) => (codes === undefined ? undefined : membershipOf(codes)))
  const root = lefts.length === 0 ? ~0 : 0
  for (let row = 0, at = 0; row < scores.length; row++, at += width) {
    let node = root
    while (node >= 0) {
      const value = matrix[at + columns[node]!]!
      const set = sets[node]
      const left =
        set === undefined ? value <= thresholds[node]! || (missingLeft[node]! && Number.isNaN(value)) : set[value] === 1
      node = left ? lefts[node]! : rights[node]!
    }
    scores[row]! += leaves[~node]!
  }
}

/** 1 at each member; reading beyond the end, or at NaN, gives undefined. */
function membershipOf(codes: readonly number[]): Uint8Array {
  const set = new Uint8Array((codes.at(-1) ?? -1) + 1)
  for (const code of codes) set[code] = 1
  return set
}
