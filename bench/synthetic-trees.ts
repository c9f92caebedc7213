/**
 * A package-like version with a made-up ensemble of complete trees, written as ONNX, so that the benches of serving need
 * no training. Field numbers are those of onnx.proto (IR 8); the operator is TreeEnsembleRegressor of ai.onnx.ml 3.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire'
import type { Signature } from '../server/src/layers/model/signature/signature.ts'

const FEATURES = ['hour', 'weekday', 'month', 'distance', 'origin', 'destination'] as const
const CATEGORIES = Array.from({ length: 50 }, (_, i) => `A${String(i).padStart(2, '0')}`)

export const treesSignature: Signature = {
  inputs: [
    { name: 'hour', type: 'integer', nullable: false },
    { name: 'weekday', type: 'integer', nullable: false },
    { name: 'month', type: 'integer', nullable: false },
    { name: 'distance', type: 'number', nullable: false },
    { name: 'origin', type: 'category', nullable: false, categories: CATEGORIES },
    { name: 'destination', type: 'category', nullable: false, categories: CATEGORIES },
  ],
  outputs: [{ name: 'late', type: 'probability', graphOutput: 'prediction', element: 'float32', column: 0 }],
  graph: { inputs: [{ name: 'features', element: 'float32', columns: [...FEATURES], rank: 2 }] },
}

export const treesSample = Array.from({ length: 8 }, (_, i) => ({
  hour: (i * 5) % 24,
  weekday: (i % 7) + 1,
  month: (i % 12) + 1,
  distance: 200 + i * 137,
  origin: CATEGORIES[(i * 7) % 50]!,
  destination: CATEGORIES[(i * 11) % 50]!,
}))

/** A repeatable uniform number in 0..1 (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const RANGES = [24, 8, 13, 3000, 50, 50]

/** `trees` complete trees of `depth`, with thresholds over the ranges of the features. */
export function treesModel(trees = 100, depth = 6, seed = 7): Uint8Array {
  const random = createRandom(seed)
  const nodes: { tree: number; node: number; feature: number; value: number; leaf: boolean }[] = []
  for (let tree = 0; tree < trees; tree++)
    for (let node = 0; node < 2 ** (depth + 1) - 1; node++) {
      const feature = Math.floor(random() * FEATURES.length)
      nodes.push({ tree, node, feature, value: random() * RANGES[feature]!, leaf: node >= 2 ** depth - 1 })
    }
  const leaves = nodes.filter(({ leaf }) => leaf)
  const attributes = [
    ints(
      'nodes_treeids',
      nodes.map(({ tree }) => tree),
    ),
    ints(
      'nodes_nodeids',
      nodes.map(({ node }) => node),
    ),
    ints(
      'nodes_featureids',
      nodes.map(({ feature, leaf }) => (leaf ? 0 : feature)),
    ),
    floats(
      'nodes_values',
      nodes.map(({ value, leaf }) => (leaf ? 0 : value)),
    ),
    strings(
      'nodes_modes',
      nodes.map(({ leaf }) => (leaf ? 'LEAF' : 'BRANCH_LEQ')),
    ),
    ints(
      'nodes_truenodeids',
      nodes.map(({ node, leaf }) => (leaf ? 0 : 2 * node + 1)),
    ),
    ints(
      'nodes_falsenodeids',
      nodes.map(({ node, leaf }) => (leaf ? 0 : 2 * node + 2)),
    ),
    ints(
      'target_treeids',
      leaves.map(({ tree }) => tree),
    ),
    ints(
      'target_nodeids',
      leaves.map(({ node }) => node),
    ),
    ints(
      'target_ids',
      leaves.map(() => 0),
    ),
    floats(
      'target_weights',
      leaves.map(() => (random() - 0.5) / 5),
    ),
    integer('n_targets', 1),
  ]
  return model([
    node('TreeEnsembleRegressor', 'features', 'score', 'ai.onnx.ml', attributes),
    node('Sigmoid', 'score', 'prediction', '', []),
  ])
}

type Part = (writer: BinaryWriter) => void
const message =
  (field: number, part: Part): Part =>
  (writer) => {
    writer.tag(field, 2).fork()
    part(writer)
    writer.join()
  }
const text = (field: number, value: string) => (writer: BinaryWriter) => void writer.tag(field, 2).string(value)
const int64 = (field: number, value: number) => (writer: BinaryWriter) => void writer.tag(field, 0).int64(value)
const all =
  (parts: readonly Part[]): Part =>
  (writer) =>
    parts.forEach((part) => part(writer))

const ints = (name: string, values: readonly number[]) =>
  message(5, all([text(1, name), int64(20, 7), ...values.map((value) => int64(8, value))]))
const strings = (name: string, values: readonly string[]) =>
  message(5, all([text(1, name), int64(20, 8), ...values.map((value) => text(9, value))]))
const floats = (name: string, values: readonly number[]) =>
  message(
    5,
    all([
      text(1, name),
      int64(20, 6),
      ...values.map(
        (value): Part =>
          (w) =>
            void w.tag(7, 5).float(value),
      ),
    ]),
  )
const integer = (name: string, value: number) => message(5, all([text(1, name), int64(20, 2), int64(3, value)]))

const node = (type: string, input: string, output: string, domain: string, attributes: readonly Part[]) =>
  message(1, all([text(1, input), text(2, output), text(4, type), ...attributes, text(7, domain)]))

const value = (field: number, name: string, width: number) =>
  message(
    field,
    all([
      text(1, name),
      message(2, message(1, all([int64(1, 1), message(2, all([message(1, text(2, 'rows')), message(1, int64(1, width))]))]))),
    ]),
  )

function model(nodes: readonly Part[]): Uint8Array {
  const writer = new BinaryWriter()
  const graph = all([...nodes, text(2, 'trees'), value(11, 'features', FEATURES.length), value(12, 'prediction', 1)])
  const opset = (domain: string, version: number) => message(8, all([text(1, domain), int64(2, version)]))
  all([int64(1, 8), message(7, graph), opset('', 17), opset('ai.onnx.ml', 3)])(writer)
  return writer.finish()
}
