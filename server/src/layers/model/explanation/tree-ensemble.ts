/**
 * The trees of an ONNX node TreeEnsembleRegressor or TreeEnsembleClassifier (ai.onnx.ml), from whatever program they came, as
 * flat arrays that can be walked. Source: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html
 */
import type { OnnxAttribute, OnnxNode } from './onnx-nodes.ts'

/** How a value is held against the threshold; the answer yes leads to the first child. */
export const MODES = ['LEAF', 'BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ'] as const
const LEAF = 0

export interface TreeEnsemble {
  /** Place of the root of each tree in the arrays, which have one entry a node. */
  readonly roots: readonly number[]
  readonly modes: Uint8Array
  /** Column of the matrix that the node compares. */
  readonly features: Int32Array
  readonly thresholds: Float64Array
  /** Where a missing value answers yes. */
  readonly missingYes: Uint8Array
  readonly yes: Int32Array
  readonly no: Int32Array
  /** What each leaf adds to the score of each target; 0 at other nodes. Shape [nodes] each, by the id of the target. */
  readonly leaves: ReadonlyMap<number, Float64Array>
  /** Score without any tree, by the id of the target. */
  readonly bases: ReadonlyMap<number, number>
}

/** Undefined for another node, for aggregates that are no sum, and for nodes that form no trees. */
export function findTreeEnsemble(node: OnnxNode): TreeEnsemble | undefined {
  const kind = node.type === 'TreeEnsembleRegressor' ? 'target' : node.type === 'TreeEnsembleClassifier' ? 'class' : undefined
  if (kind === undefined || node.domain !== 'ai.onnx.ml') return undefined
  const of = (name: string): OnnxAttribute | undefined => node.attributes.get(name)
  const ints = (name: string): readonly number[] => of(name)?.ints ?? []
  const numbers = (name: string): readonly number[] => of(`${name}_as_tensor`)?.tensor?.values ?? of(name)?.floats ?? []
  const aggregate = of('aggregate_function')?.texts[0] ?? 'SUM'
  if (aggregate !== 'SUM' && aggregate !== 'AVERAGE') return undefined
  const trees = ints('nodes_treeids')
  const places = placesOf(trees, ints('nodes_nodeids'))
  const modes = (of('nodes_modes')?.texts ?? []).map((mode) => MODES.indexOf(mode as (typeof MODES)[number]))
  const child = (names: readonly number[]) => Int32Array.from(names, (id, i) => places.get(keyOf(trees[i]!, id)) ?? -1)
  const arrays = {
    modes: Uint8Array.from(modes),
    features: Int32Array.from(ints('nodes_featureids')),
    thresholds: Float64Array.from(numbers('nodes_values')),
    missingYes: Uint8Array.from({ length: trees.length }, (_, i) => ints('nodes_missing_value_tracks_true')[i] ?? 0),
    yes: child(ints('nodes_truenodeids')),
    no: child(ints('nodes_falsenodeids')),
  }
  if (places.size !== trees.length || modes.includes(-1)) return undefined
  if (Object.values(arrays).some(({ length }) => length !== trees.length)) return undefined
  const roots = rootsOf(trees, arrays)
  if (roots === undefined) return undefined
  const scale = aggregate === 'AVERAGE' ? 1 / roots.length : 1
  const ids = ints(`${kind}_ids`)
  const where = ints(`${kind}_nodeids`).map((id, i) => places.get(keyOf(ints(`${kind}_treeids`)[i]!, id)) ?? -1)
  const leaves = leavesOf({ ids, where, weights: numbers(`${kind}_weights`), nodes: trees.length, scale })
  if (leaves === undefined) return undefined
  const bases = numbers('base_values')
  return { roots, ...arrays, leaves, bases: new Map([...leaves.keys()].map((id) => [id, bases[id] ?? bases.at(-1) ?? 0])) }
}

const keyOf = (tree: number, node: number): string => `${tree}/${node}`

const placesOf = (trees: readonly number[], nodes: readonly number[]): ReadonlyMap<string, number> =>
  new Map(trees.map((tree, i) => [keyOf(tree, nodes[i]!), i]))

interface Nodes {
  readonly modes: Uint8Array
  readonly yes: Int32Array
  readonly no: Int32Array
}

/**
 * One root a tree, from which every node is reached and no way leads back to itself; undefined otherwise. A node may be reached on
 * several ways: a test for one of many categories is often written as a chain of tests with one end.
 */
function rootsOf(trees: readonly number[], nodes: Nodes): number[] | undefined {
  const { modes, yes, no } = nodes
  const hasParent = new Uint8Array(trees.length)
  for (let node = 0; node < trees.length; node++) {
    if (modes[node] === LEAF) continue
    for (const child of [yes[node]!, no[node]!]) {
      if (child < 0 || trees[child] !== trees[node]) return undefined
      hasParent[child] = 1
    }
  }
  const roots = trees.flatMap((_, node) => (hasParent[node] === 0 ? [node] : []))
  return roots.length === new Set(trees).size && reach(roots, nodes) === trees.length ? roots : undefined
}

/** How many nodes are reached from the roots; -1 when there is a circle. */
function reach(roots: readonly number[], { modes, yes, no }: Nodes): number {
  const [open, done] = [1, 2]
  const state = new Uint8Array(modes.length)
  const path = [...roots]
  let seen = 0
  for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
    if (state[node] !== 0 || modes[node] === LEAF) {
      if (state[node] !== done) seen += 1
      state[node] = done
      path.pop()
      continue
    }
    state[node] = open
    for (const child of [yes[node]!, no[node]!]) {
      if (state[child] === open) return -1
      if (state[child] === 0) path.push(child)
    }
  }
  return seen
}

interface LeafWeights {
  readonly ids: readonly number[]
  readonly where: readonly number[]
  readonly weights: readonly number[]
  readonly nodes: number
  readonly scale: number
}

function leavesOf({ ids, where, weights, nodes, scale }: LeafWeights): Map<number, Float64Array> | undefined {
  if (ids.length === 0 || where.length !== ids.length || weights.length !== ids.length || where.includes(-1)) return undefined
  const leaves = new Map<number, Float64Array>()
  for (const [i, id] of ids.entries()) {
    const values = leaves.get(id) ?? new Float64Array(nodes)
    leaves.set(id, values)
    values[where[i]!]! += weights[i]! * scale
  }
  return leaves
}

/** Which child each node leads a row to, 1 for yes. `row` are the values of the matrix that the trees see. */
export function directionsOf({ modes, features, thresholds, missingYes }: TreeEnsemble, row: Float64Array): Uint8Array {
  const directions = new Uint8Array(modes.length)
  for (let node = 0; node < modes.length; node++) {
    const value = row[features[node]!] ?? Number.NaN
    const isYes = answer(modes[node]!, value, thresholds[node]!) || (missingYes[node] === 1 && Number.isNaN(value))
    directions[node] = isYes ? 1 : 0
  }
  return directions
}

function answer(mode: number, value: number, threshold: number): boolean {
  switch (mode) {
    case 1:
      return value <= threshold
    case 2:
      return value < threshold
    case 3:
      return value >= threshold
    case 4:
      return value > threshold
    case 5:
      return value === threshold
    case 6:
      return value !== threshold
    default:
      return false
  }
}

/** The score of a row for one target. */
export function scoreOf({ roots, modes, yes, no, leaves, bases }: TreeEnsemble, directions: Uint8Array, target: number): number {
  const values = leaves.get(target)!
  let score = bases.get(target)!
  for (const root of roots) {
    let node = root
    while (modes[node] !== LEAF) node = directions[node] === 1 ? yes[node]! : no[node]!
    score += values[node]!
  }
  return score
}
