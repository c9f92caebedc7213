/** GraphProto, NodeProto and AttributeProto of onnx.proto: what a graph takes, gives, and computes with. */
import type { GraphValue, OperatorUse } from './contract.ts'
import { ModelFileExcessive } from './errors.ts'
import type { FileCursor } from './file-cursor.ts'
import { type ExternalReference, readNumbers, readTensor } from './onnx-tensor.ts'
import { NAME_BYTES_MAX, readValue } from './onnx-value.ts'

export const NODES_MAX = 500_000
const VALUES_MAX = 20_000
const TENSORS_MAX = 1_000_000
const NODE_NAMES_MAX = 100_000
const CLASSES_MAX = 100_000

/** A node of the main graph, as far as it helps to find out what an output means. */
export interface GraphNode {
  readonly type: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Attribute `classlabels_*` or `keys_*`: what the classes are called. */
  readonly classes: readonly string[] | undefined
}

export interface ExternalTensor extends ExternalReference {
  readonly tensor: string
  readonly bytesNeeded: number
}

/** What is gathered on the way through a model, main graph and subgraphs together. */
export interface GraphContents {
  readonly inputs: GraphValue[]
  readonly outputs: GraphValue[]
  readonly nodes: GraphNode[]
  readonly operators: Map<string, OperatorUse>
  readonly initializers: Set<string>
  /** Short constant lists of texts or whole numbers of the main graph, by name. */
  readonly lists: Map<string, readonly string[]>
  readonly externals: ExternalTensor[]
  readonly weights: { tensors: number; values: number; bytes: number }
  nodeCount: number
}

export const createContents = (): GraphContents => ({
  inputs: [],
  outputs: [],
  nodes: [],
  operators: new Map(),
  initializers: new Set(),
  lists: new Map(),
  externals: [],
  weights: { tensors: 0, values: 0, bytes: 0 },
  nodeCount: 0,
})

/** Stands before the length of a GraphProto; `isMain` is false for the bodies of If, Loop and Scan. */
export function readGraph(cursor: FileCursor, file: string, contents: GraphContents, isMain: boolean): void {
  cursor.message((field, wire) => {
    if (wire !== 2) return false
    if (field === 1) readNode(cursor, file, contents, isMain)
    else if (field === 5) addTensor(cursor, file, contents, isMain)
    else if (field === 15) readSparse(cursor, file, contents, isMain)
    else if (isMain && (field === 11 || field === 12)) {
      const values = field === 11 ? contents.inputs : contents.outputs
      if (values.length === VALUES_MAX) throw new ModelFileExcessive({ file, what: 'inputs or outputs', limit: VALUES_MAX })
      values.push(readValue(cursor))
    } else return false
    return true
  })
}

function addTensor(cursor: FileCursor, file: string, contents: GraphContents, isMain: boolean): void {
  const { name, values, bytes, external, list } = readTensor(cursor, file)
  const { weights } = contents
  if (++weights.tensors > TENSORS_MAX) throw new ModelFileExcessive({ file, what: 'tensors', limit: TENSORS_MAX })
  weights.values += Number(values)
  weights.bytes += bytes
  if (external !== undefined) contents.externals.push({ ...external, tensor: name, bytesNeeded: bytes })
  if (!isMain) return
  contents.initializers.add(name)
  if (list !== undefined) contents.lists.set(name, list)
}

/** SparseTensorProto: two tensors, the values and their places; the name is that of the values. */
function readSparse(cursor: FileCursor, file: string, contents: GraphContents, isMain: boolean): void {
  cursor.message((field, wire) => {
    if (wire !== 2 || (field !== 1 && field !== 2)) return false
    addTensor(cursor, file, contents, isMain && field === 1)
    return true
  })
}

/** Stands before the length of a NodeProto. Also read for the bodies of functions, with `isMain` false. */
export function readNode(cursor: FileCursor, file: string, contents: GraphContents, isMain: boolean): void {
  if (++contents.nodeCount > NODES_MAX) throw new ModelFileExcessive({ file, what: 'nodes', limit: NODES_MAX })
  let type = ''
  let domain = ''
  let classes: readonly string[] | undefined
  const inputs: string[] = []
  const outputs: string[] = []
  cursor.message((field, wire) => {
    if (wire !== 2) return false
    if (field === 1 || field === 2) {
      if (!isMain) return false
      const names = field === 1 ? inputs : outputs
      if (names.length === NODE_NAMES_MAX) throw new ModelFileExcessive({ file, what: 'inputs of a node', limit: NODE_NAMES_MAX })
      names.push(cursor.text('a name', NAME_BYTES_MAX))
    } else if (field === 4) type = cursor.text('a name', NAME_BYTES_MAX)
    else if (field === 7) domain = cursor.text('a name', NAME_BYTES_MAX)
    else if (field === 5) classes = readAttribute(cursor, file, contents) ?? classes
    else return false
    return true
  })
  const key = `${domain}\0${type}`
  contents.operators.set(key, { domain, type, count: (contents.operators.get(key)?.count ?? 0) + 1 })
  if (isMain) contents.nodes.push({ type, inputs, outputs, classes })
}

/** Walks into subgraphs and tensors; gives back the names of classes if the attribute is one that holds them. */
export function readAttribute(cursor: FileCursor, file: string, contents: GraphContents): readonly string[] | undefined {
  let name = ''
  const classes: string[] = []
  const keep = (value: string) => {
    if (classes.length === CLASSES_MAX) throw new ModelFileExcessive({ file, what: 'classes', limit: CLASSES_MAX })
    cursor.keep(value.length)
    classes.push(value)
  }
  const isClasses = () => name.startsWith('classlabels_')
  cursor.message((field, wire) => {
    if (field === 1 && wire === 2) name = cursor.text('a name', NAME_BYTES_MAX)
    else if (field === 8 && isClasses()) readNumbers(cursor, wire, (value) => keep(String(value)))
    else if (field === 9 && wire === 2 && isClasses()) keep(cursor.text('a class', NAME_BYTES_MAX))
    else if ((field === 6 || field === 11) && wire === 2) readGraph(cursor, file, contents, false)
    else if ((field === 5 || field === 10) && wire === 2) addTensor(cursor, file, contents, false)
    else if ((field === 22 || field === 23) && wire === 2) readSparse(cursor, file, contents, false)
    else return false
    return true
  })
  return classes.length > 0 ? classes : undefined
}
