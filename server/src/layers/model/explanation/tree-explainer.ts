/**
 * Explains models that are one ensemble of trees, exactly. The ensemble is read out of the file, whoever exported it, and is
 * believed only if it says what the model says of every row at hand, directly or through one of the usual last steps; otherwise
 * there is no tree explainer, and the model is explained from outside.
 */
import type { BatchTensors } from '../inference/batch-tensors.ts'
import type { ModelSession } from '../inference/session.ts'
import { contributionsOf, type Explanation } from './explanation.ts'
import { type OnnxNodes, readOnnxNodes } from './onnx-nodes.ts'
import { directionsOf, findTreeEnsemble, scoreOf, type TreeEnsemble } from './tree-ensemble.ts'
import { featureMatrixOf } from './tree-inputs.ts'
import { addContributions } from './tree-shapley.ts'

/** A sum of float32 in another order differs by less; another model by more. Relative to 1 + |prediction|. */
const GAP_MAX = 1e-4
/** Ways of rows through nodes that are kept, a byte each. */
const DIRECTIONS_BYTES_MAX = 256 * 1_024 * 1_024

/** The one ensemble of a graph. */
export interface TreeModel {
  readonly graph: OnnxNodes
  readonly trees: TreeEnsemble
  /** Name of the matrix that it sees. */
  readonly input: string
}

/** Undefined for a file without an ensemble, or with several. Throws when the bytes are no ONNX file. */
export function findTreeModel(model: Uint8Array): TreeModel | undefined {
  const graph = readOnnxNodes(model)
  const found = graph.nodes.filter(({ type }) => type.startsWith('TreeEnsemble'))
  const trees = found.length === 1 ? findTreeEnsemble(found[0]!) : undefined
  return trees && { graph, trees, input: found[0]!.inputs[0]! }
}

export interface TreeExplainer {
  /** Indexes of rows; at least one for the background. Undefined when the trees part two rows too often. */
  explain(row: number, background: readonly number[]): Explanation | undefined
}

interface Given {
  readonly session: Pick<ModelSession, 'signature' | 'layout'>
  /** The first `said.length` rows. */
  readonly tensors: BatchTensors
  readonly output: string
  /** What the model says of each of the rows. */
  readonly said: Float64Array
}

/** Undefined when the trees see mixtures of columns, or when they do not explain what the model says. */
export function createTreeExplainer({ graph, trees, input }: TreeModel, given: Given): TreeExplainer | undefined {
  const { session, tensors, output, said } = given
  const rows = said.length
  if (rows * trees.modes.length > DIRECTIONS_BYTES_MAX) return undefined
  const { signature, layout } = session
  const features = featureMatrixOf(input, { ...graph, signature, layout, tensors, rows })
  if (features === undefined || trees.features.some((feature, node) => trees.modes[node] !== 0 && !(feature < features.width)))
    return undefined
  const { width, values, columnOf } = features
  const directions = Array.from({ length: rows }, (_, row) =>
    directionsOf(trees, values.subarray(row * width, (row + 1) * width)),
  )
  const link = findLink(trees, directions, said)
  if (link === undefined) return undefined
  const columns = signature.inputs.map(({ name }) => name)
  const walk = { trees, target: link.target, columnOf, columns: columns.length }
  const predictionOf = (row: number) => link.shift + link.sign * scoreOf(trees, directions[row]!, link.target)
  return Object.freeze<TreeExplainer>({
    explain(row, background) {
      const perBackground: Float64Array[] = []
      for (const from of background) {
        const shares = new Float64Array(columns.length)
        if (!addContributions(walk, directions[row]!, directions[from]!, shares)) return undefined
        perBackground.push(shares.map((share) => link.sign * share))
      }
      return Object.freeze<Explanation>({
        output,
        unit: link.unit,
        prediction: predictionOf(row),
        baseValue: background.reduce((sum, from) => sum + predictionOf(from), 0) / background.length,
        contributions: contributionsOf(columns, perBackground),
        rowsScored: rows,
        method: `exact Shapley values of ${trees.roots.length.toLocaleString('en-US')} trees (interventional TreeSHAP), ${background.length} background rows`,
      })
    },
  })
}

/** From a score of the trees to what is shared out, `shift + sign · score`, and on to what the model says. */
interface Link {
  readonly target: number
  readonly unit: Explanation['unit']
  readonly sign: 1 | -1
  readonly shift: 0 | 1
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The last step after the trees: the one that turns their scores into what the model says, for every row. */
function findLink(trees: TreeEnsemble, directions: readonly Uint8Array[], said: Float64Array): Link | undefined {
  const targets = [...trees.leaves.keys()]
  const scores = new Map(targets.map((target) => [target, directions.map((row) => scoreOf(trees, row, target))]))
  const softmax = (target: number, row: number) => {
    const most = Math.max(...targets.map((other) => scores.get(other)![row]!))
    const sum = targets.reduce((total, other) => total + Math.exp(scores.get(other)![row]! - most), 0)
    return Math.exp(scores.get(target)![row]! - most) / sum
  }
  for (const target of targets) {
    const score = (row: number) => scores.get(target)![row]!
    const candidates: readonly (readonly [Omit<Link, 'target'>, (row: number) => number])[] = [
      [{ unit: 'output', sign: 1, shift: 0 }, score],
      [{ unit: 'log-odds', sign: 1, shift: 0 }, (row) => sigmoid(score(row))],
      // The other of two classes.
      [{ unit: 'output', sign: -1, shift: 1 }, (row) => 1 - score(row)],
      [{ unit: 'log-odds', sign: -1, shift: 0 }, (row) => sigmoid(-score(row))],
      [{ unit: 'score', sign: 1, shift: 0 }, (row) => softmax(target, row)],
      [{ unit: 'log', sign: 1, shift: 0 }, (row) => Math.exp(score(row))],
    ]
    const fitting = candidates.find(([, say]) =>
      said.every((value, row) => Math.abs(value - say(row)) <= GAP_MAX * (1 + Math.abs(value))),
    )
    if (fitting !== undefined) return { target, ...fitting[0] }
  }
  return undefined
}
