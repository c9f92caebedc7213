/**
 * An ensemble as ONNX: `TreeEnsembleRegressor` of ai.onnx.ml 3 gives the score, and for a probability `Sigmoid` follows.
 *
 *     features [rows, columns] ─ Gather ─ Sub ─ TreeEnsembleRegressor ─ Sigmoid ─ output [rows, 1]
 *                                └─ only with categories ─┘
 *
 * Which operator, and how to write "origin is one of these 37 airports", was measured (ONNX Runtime 1.30, one thread, 100 trees
 * with 5,900 splits on real flights, 3,500 of them by sets of 37 out of 223 airports on average; microseconds for one row, and
 * rows a second in batches of a thousand):
 *
 *     TreeEnsemble of ai.onnx.ml 5, BRANCH_MEMBER     26 to 39 µs    43,000 to 88,000 rows/s    0.6 MB
 *     one BRANCH_EQ for each member                        46 µs               33,000 rows/s    3.3 MB
 *     a column of bits for each set, by Gather             20 µs              105,000 rows/s    3.4 MB, and 14 kB a row at run time
 *     one BRANCH_EQ for each member, in blocks of 32       22 µs               95,000 rows/s    3.3 MB
 *
 * With 192 trees and 24,000 splits: 53, 69, 27 and 31 µs. So blocks it is. ONNX Runtime makes one test of a chain of BRANCH_EQ on
 * one column when their values lie in 1 to 32 (a bit mask), so a column of categories is given to the trees several times, less
 * 0, 32, 64 and so on, and a set is one test for each block that it touches. Frequent categories have the low codes, so most rows
 * are decided by the first test. Trees without categories take no detour: 13 µs and 300,000 rows a second (bench/boosted-trees.ts).
 */
import {
  floatsAttribute,
  initializer,
  intAttribute,
  intsAttribute,
  node,
  type OnnxPart,
  textsAttribute,
} from '../../onnx-writer/onnx-message.ts'
import type { Ensemble } from './ensemble.ts'
import type { FeatureColumn } from './feature-columns.ts'
import { losses } from './objective.ts'
import type { Tree } from './tree.ts'

const BLOCK = 32

/** Name of the input, a float32 matrix [rows, columns], whatever the outcome is called. */
export const inputName = (outcome: string): string => (outcome === 'features' ? 'features_' : 'features')

/** The nodes and constants from the input to the output, which is named after the outcome. */
export function graphOf(ensemble: Ensemble): { nodes: OnnxPart[]; initializers: OnnxPart[] } {
  const { features, outcome } = ensemble
  const layout = layoutOf(features)
  const isProbability = losses[ensemble.objective].output === 'probability'
  // The outcome's name may be any, even that of a value in between.
  const name = (inner: string) => (inner === outcome ? `${inner}_` : inner)
  const input = inputName(outcome)
  const [picked, blocks, score] = [name('picked'), name('blocks'), isProbability ? name('score') : outcome]
  const hasBlocks = layout.sources.length > features.length || layout.shifts.some((shift) => shift !== 0)
  const regressor = node({
    operator: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: [hasBlocks ? blocks : input],
    outputs: [score],
    attributes: treeAttributes(ensemble, layout),
  })
  const width = layout.sources.length
  return {
    nodes: [
      ...(hasBlocks
        ? [
            node({
              operator: 'Gather',
              inputs: [input, name('sources')],
              outputs: [picked],
              attributes: [intAttribute('axis', 1)],
            }),
            node({ operator: 'Sub', inputs: [picked, name('shifts')], outputs: [blocks] }),
          ]
        : []),
      regressor,
      ...(isProbability ? [node({ operator: 'Sigmoid', inputs: [score], outputs: [outcome] })] : []),
    ],
    initializers: hasBlocks
      ? [
          initializer(name('sources'), BigInt64Array.from(layout.sources, BigInt), [width]),
          initializer(name('shifts'), Float32Array.from(layout.shifts), [width]),
        ]
      : [],
  }
}

/** The columns that the trees see: which input each is, and what is taken off. */
interface Layout {
  readonly sources: readonly number[]
  readonly shifts: readonly number[]
  /** The first column of each feature; the blocks of its categories follow each other. */
  readonly firsts: readonly number[]
}

function layoutOf(features: readonly FeatureColumn[]): Layout {
  const sources: number[] = []
  const shifts: number[] = []
  const firsts = features.map(({ categories }, feature) => {
    const first = sources.length
    const blocks = categories === undefined ? 1 : Math.max(1, Math.ceil(categories.length / BLOCK))
    for (let block = 0; block < blocks; block++) {
      sources.push(feature)
      // Code 0 of the block becomes 1.
      shifts.push(categories === undefined ? 0 : block * BLOCK - 1)
    }
    return first
  })
  return { sources, shifts, firsts }
}

/** Node lists of the operator, one entry a node. */
interface Nodes {
  readonly trees: number[]
  readonly ids: number[]
  readonly columns: number[]
  readonly values: number[]
  readonly modes: ('LEAF' | 'BRANCH_LEQ' | 'BRANCH_EQ')[]
  readonly trueIds: number[]
  readonly falseIds: number[]
  readonly missingTrue: number[]
  readonly leafTrees: number[]
  readonly leafIds: number[]
}

function treeAttributes({ trees, start }: Ensemble, layout: Layout): OnnxPart[] {
  const nodes: Nodes = {
    trees: [],
    ids: [],
    columns: [],
    values: [],
    modes: [],
    trueIds: [],
    falseIds: [],
    missingTrue: [],
    leafTrees: [],
    leafIds: [],
  }
  // Without any tree the score is the start alone.
  const written = trees.length > 0 ? trees : [NO_TREE]
  written.forEach((tree, number) => addNodes(nodes, tree, number, layout))
  const leaves = written.flatMap((tree) => [...tree.leaves])
  return [
    intAttribute('n_targets', 1),
    floatsAttribute('base_values', Float32Array.of(start)),
    intsAttribute('nodes_treeids', nodes.trees),
    intsAttribute('nodes_nodeids', nodes.ids),
    intsAttribute('nodes_featureids', nodes.columns),
    floatsAttribute('nodes_values', Float32Array.from(nodes.values)),
    textsAttribute('nodes_modes', nodes.modes),
    intsAttribute('nodes_truenodeids', nodes.trueIds),
    intsAttribute('nodes_falsenodeids', nodes.falseIds),
    intsAttribute('nodes_missing_value_tracks_true', nodes.missingTrue),
    intsAttribute('target_treeids', nodes.leafTrees),
    intsAttribute('target_nodeids', nodes.leafIds),
    intsAttribute(
      'target_ids',
      leaves.map(() => 0),
    ),
    floatsAttribute('target_weights', Float32Array.from(leaves)),
  ]
}

const NO_TREE: Tree = {
  columns: [],
  thresholds: new Float32Array(0),
  members: [],
  missingLeft: [],
  lefts: new Int32Array(0),
  rights: new Int32Array(0),
  leaves: new Float32Array(1),
}

/** Splits come first, a split by categories as a chain of one node a member; the leaves follow in their order. */
function addNodes(nodes: Nodes, tree: Tree, number: number, { firsts }: Layout): void {
  const starts: number[] = []
  let count = 0
  for (const members of tree.members) {
    starts.push(count)
    count += members?.length ?? 1
  }
  const idOf = (child: number) => (child < 0 ? count + ~child : starts[child]!)
  const add = (
    id: number,
    mode: Nodes['modes'][number],
    column: number,
    value: number,
    [ifTrue, ifFalse, missing]: readonly [number, number, boolean],
  ) => {
    nodes.trees.push(number)
    nodes.ids.push(id)
    nodes.modes.push(mode)
    nodes.columns.push(column)
    nodes.values.push(value)
    nodes.trueIds.push(ifTrue)
    nodes.falseIds.push(ifFalse)
    nodes.missingTrue.push(missing ? 1 : 0)
  }
  tree.members.forEach((members, split) => {
    const [left, right] = [idOf(tree.lefts[split]!), idOf(tree.rights[split]!)]
    const first = firsts[tree.columns[split]!]!
    const at = starts[split]!
    if (members === undefined) add(at, 'BRANCH_LEQ', first, tree.thresholds[split]!, [left, right, tree.missingLeft[split]!])
    else
      members.forEach((code, i) => {
        const next = i + 1 < members.length ? at + i + 1 : right
        add(at + i, 'BRANCH_EQ', first + Math.floor(code / BLOCK), (code % BLOCK) + 1, [left, next, false])
      })
  })
  tree.leaves.forEach((_, leaf) => {
    add(count + leaf, 'LEAF', 0, 0, [0, 0, false])
    nodes.leafTrees.push(number)
    nodes.leafIds.push(count + leaf)
  })
}
