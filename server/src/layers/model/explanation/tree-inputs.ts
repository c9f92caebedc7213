/**
 * The matrix that the trees of a graph see, computed here from the inputs as serving fills them. Only steps that keep each number
 * within its column are followed (picking, shifting, scaling, joining side by side), because then it is known which column of the
 * user each feature belongs to. Anything else, such as a principal component, mixes columns, and the graph is not looked into.
 */
import type { BatchLayout, BatchTensors } from '../inference/batch-tensors.ts'
import type { Signature } from '../signature/signature.ts'
import type { OnnxNode, OnnxNodes, OnnxTensor } from './onnx-nodes.ts'

const FLOAT = 1
const DOUBLE = 11

/** Rows of features and the column of the user behind each; constants have column -1. */
export interface FeatureMatrix {
  readonly width: number
  /** Shape [rows · width]. */
  readonly values: Float64Array
  /** Index among the signature's inputs, shape [width]. */
  readonly columnOf: Int32Array
  /** Numbers are rounded to float32 at each step. */
  readonly isSingle: boolean
}

interface Graph extends OnnxNodes {
  readonly signature: Pick<Signature, 'inputs' | 'graph'>
  readonly layout: BatchLayout
  readonly tensors: BatchTensors
  readonly rows: number
  readonly makers: ReadonlyMap<string, OnnxNode>
}

/** The value of this name for the first `rows` rows; undefined when it is computed in a way that is not followed. */
export function featureMatrixOf(name: string, graph: Omit<Graph, 'makers'>): FeatureMatrix | undefined {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  return valueOf(name, { ...graph, makers }, 0)
}

/** Steps between the inputs and the trees; more are a loop. */
const STEPS_MAX = 200

function valueOf(name: string, graph: Graph, depth: number): FeatureMatrix | undefined {
  if (depth > STEPS_MAX) return undefined
  const input = graph.signature.graph.inputs.findIndex((tensor) => tensor.name === name)
  if (input >= 0) return inputMatrix(input, graph)
  const node = graph.makers.get(name)
  if (node === undefined || !['', 'ai.onnx', 'ai.onnx.ml'].includes(node.domain)) return undefined
  if (node.type === 'Concat')
    return joined(
      node.inputs.map((part) => valueOf(part, graph, depth + 1)),
      node,
    )
  const source = valueOf(node.inputs[0] ?? '', graph, depth + 1)
  return source && STEPS[node.type]?.(source, node, graph.constants)
}

function inputMatrix(tensor: number, { signature, layout, tensors, rows }: Graph): FeatureMatrix | undefined {
  const { columns, element } = signature.graph.inputs[tensor]!
  const data = tensors.data[tensor]!
  if (Array.isArray(data) || element === 'string') return undefined
  const width = data.length / tensors.rowsMax
  const columnOf = new Int32Array(width)
  for (const column of columns)
    for (const place of layout.places.get(column) ?? [])
      if (place.tensor === tensor)
        columnOf.fill(
          signature.inputs.findIndex(({ name }) => name === column),
          place.offset,
          place.offset + place.size,
        )
  return {
    width,
    columnOf,
    isSingle: element === 'float32',
    values: Float64Array.from({ length: rows * width }, (_, i) => Number(data[i])),
  }
}

type Step = (source: FeatureMatrix, node: OnnxNode, constants: ReadonlyMap<string, OnnxTensor>) => FeatureMatrix | undefined

const same: Step = (source) => source

const STEPS: Readonly<Record<string, Step>> = {
  Identity: same,
  Cast(source, node) {
    const to = node.attributes.get('to')?.ints[0]
    if (to === FLOAT) return mapped(source, (value) => value, true)
    return to === DOUBLE ? { ...source, isSingle: false } : undefined
  },
  Gather: (source, node, constants) =>
    node.attributes.get('axis')?.ints[0] === 1 ? picked(source, constants.get(node.inputs[1]!)) : undefined,
  ArrayFeatureExtractor: (source, node, constants) => picked(source, constants.get(node.inputs[1]!)),
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b) => a / b),
  Scaler(source, node) {
    const [offset, scale] = ['offset', 'scale'].map((name) => node.attributes.get(name)?.floats ?? [])
    const at = (list: readonly number[] | undefined, feature: number) =>
      list?.length === 1 ? list[0]! : (list?.[feature] ?? Number.NaN)
    return mapped(source, (value, feature) => (value - at(offset, feature)) * at(scale, feature), true)
  },
  Imputer(source, node) {
    const stands = node.attributes.get('imputed_value_floats')?.floats ?? []
    const replaced = node.attributes.get('replaced_value_float')?.floats[0] ?? 0
    const isMissing = (value: number) => (Number.isNaN(replaced) ? Number.isNaN(value) : value === replaced)
    return mapped(source, (value, feature) => (isMissing(value) ? (stands.length === 1 ? stands[0]! : stands[feature]!) : value))
  },
  Reshape(source, node, constants) {
    const shape = constants.get(node.inputs[1]!)?.values
    return shape?.length === 2 &&
      (shape[0] === -1 || shape[0] === 0) &&
      (shape[1] === source.width || (shape[1] === -1 && shape[0] === 0))
      ? source
      : undefined
  },
}

function arithmetic(of: (a: number, b: number) => number): Step {
  return (source, node, constants) => {
    const other = constants.get(node.inputs[1]!)?.values
    if (other === undefined || (other.length !== 1 && other.length !== source.width)) return undefined
    return mapped(source, (value, feature) => of(value, other[other.length === 1 ? 0 : feature]!))
  }
}

function mapped(
  source: FeatureMatrix,
  of: (value: number, feature: number) => number,
  isSingle = source.isSingle,
): FeatureMatrix {
  const { width, values } = source
  const round = isSingle ? Math.fround : (value: number) => value
  return { ...source, isSingle, values: values.map((value, i) => round(of(value, i % width))) }
}

function picked(source: FeatureMatrix, which: OnnxTensor | undefined): FeatureMatrix | undefined {
  if (which === undefined) return undefined
  const { width: before, values, columnOf } = source
  const from = which.values.map((feature) => (feature < 0 ? feature + before : feature))
  if (from.some((feature) => !(feature >= 0 && feature < before))) return undefined
  const rows = values.length / before
  return {
    ...source,
    width: from.length,
    columnOf: Int32Array.from(from, (feature) => columnOf[feature]!),
    values: Float64Array.from({ length: rows * from.length }, (_, i) => {
      const row = Math.floor(i / from.length)
      return values[row * before + from[i % from.length]!]!
    }),
  }
}

/** Side by side. */
function joined(parts: readonly (FeatureMatrix | undefined)[], node: OnnxNode): FeatureMatrix | undefined {
  const axis = node.attributes.get('axis')?.ints[0]
  if (axis !== 1 && axis !== -1) return undefined
  const known = parts.flatMap((part) => (part === undefined ? [] : [part]))
  if (known.length === 0 || known.length !== parts.length) return undefined
  const width = known.reduce((sum, part) => sum + part.width, 0)
  const rows = known[0]!.values.length / known[0]!.width
  const values = new Float64Array(rows * width)
  let offset = 0
  for (const part of known) {
    for (let row = 0; row < rows; row++)
      for (let i = 0; i < part.width; i++) values[row * width + offset + i] = part.values[row * part.width + i]!
    offset += part.width
  }
  const columnOf = Int32Array.from(known.flatMap((part) => [...part.columnOf]))
  return { width, values, columnOf, isSingle: known.every((part) => part.isSingle) }
}
