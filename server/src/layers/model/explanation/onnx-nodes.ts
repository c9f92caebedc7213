/**
 * The nodes of an ONNX graph with the numbers in them, for algorithms that look into a model instead of running it. Numbers are
 * those of onnx.proto: NodeProto, AttributeProto, TensorProto. The file has been through the format reader when it was pushed;
 * what cannot be read here is left out, and then the model is one that cannot be looked into.
 */
import { BinaryReader } from '@bufbuild/protobuf/wire'

export interface OnnxAttribute {
  readonly ints: readonly number[]
  readonly floats: readonly number[]
  readonly texts: readonly string[]
  readonly tensor: OnnxTensor | undefined
}
export interface OnnxTensor {
  readonly dims: readonly number[]
  /** Number of TensorProto.DataType: 1 float, 7 int64, 11 double. */
  readonly type: number
  readonly values: readonly number[]
}
export interface OnnxNode {
  readonly type: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}
export interface OnnxNodes {
  readonly nodes: readonly OnnxNode[]
  /** Constants by name, those only whose numbers are in the file. */
  readonly constants: ReadonlyMap<string, OnnxTensor>
}

const FLOAT = 1
const INT32 = 6
const INT64 = 7
const DOUBLE = 11
const VARINT = 0
const BYTES = 2

type Handle = (field: number, wire: number, reader: BinaryReader) => boolean

/** The main graph. Throws when the bytes are no protobuf message. */
export function readOnnxNodes(model: Uint8Array): OnnxNodes {
  const nodes: OnnxNode[] = []
  const constants = new Map<string, OnnxTensor>()
  walk(model, (field, _, reader) => {
    if (field !== 7) return false
    walk(reader.bytes(), (inner, __, graph) => {
      if (inner === 1) nodes.push(readNode(graph.bytes()))
      else if (inner === 5) {
        const { name, tensor } = readTensor(graph.bytes())
        if (tensor !== undefined) constants.set(name, tensor)
      } else return false
      return true
    })
    return true
  })
  for (const { type, outputs, attributes } of nodes) {
    const tensor = attributes.get('value')?.tensor
    if (type === 'Constant' && tensor !== undefined) constants.set(outputs[0]!, tensor)
  }
  return { nodes, constants }
}

function walk(bytes: Uint8Array, handle: Handle): void {
  const reader = new BinaryReader(bytes)
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag()
    if (!handle(field, wire, reader)) reader.skip(wire, field)
  }
}

function readNode(bytes: Uint8Array): OnnxNode {
  let [type, domain] = ['', '']
  const [inputs, outputs]: [string[], string[]] = [[], []]
  const attributes = new Map<string, OnnxAttribute>()
  walk(bytes, (field, _, reader) => {
    if (field === 1) inputs.push(reader.string())
    else if (field === 2) outputs.push(reader.string())
    else if (field === 4) type = reader.string()
    else if (field === 5) {
      const { name, attribute } = readAttribute(reader.bytes())
      attributes.set(name, attribute)
    } else if (field === 7) domain = reader.string()
    else return false
    return true
  })
  return { type, domain, inputs, outputs, attributes }
}

function readAttribute(bytes: Uint8Array): { name: string; attribute: OnnxAttribute } {
  let name = ''
  let tensor: OnnxTensor | undefined
  const [ints, floats, texts]: [number[], number[], string[]] = [[], [], []]
  walk(bytes, (field, wire, reader) => {
    if (field === 1) name = reader.string()
    else if (field === 2 || field === 7) readNumbers(reader, wire, (from) => floats.push(from.float()))
    else if (field === 3 || field === 8) readNumbers(reader, wire, (from) => ints.push(Number(from.int64())))
    else if (field === 4 || field === 9) texts.push(reader.string())
    else if (field === 5) tensor = readTensor(reader.bytes()).tensor
    else return false
    return true
  })
  return { name, attribute: { ints, floats, texts, tensor } }
}

/** One number, or many behind each other in one field. */
function readNumbers(reader: BinaryReader, wire: number, take: (from: BinaryReader) => void): void {
  if (wire !== BYTES) return take(reader)
  const packed = new BinaryReader(reader.bytes())
  while (packed.pos < packed.len) take(packed)
}

function readTensor(bytes: Uint8Array): { name: string; tensor: OnnxTensor | undefined } {
  let [name, type] = ['', 0]
  let raw: Uint8Array | undefined
  let isElsewhere = false
  const [dims, values]: [number[], number[]] = [[], []]
  walk(bytes, (field, wire, reader) => {
    if (field === 1) readNumbers(reader, wire, (from) => dims.push(Number(from.int64())))
    else if (field === 2) type = reader.int32()
    else if (field === 4) readNumbers(reader, wire, (from) => values.push(from.float()))
    else if (field === 5) readNumbers(reader, wire, (from) => values.push(from.int32()))
    else if (field === 7) readNumbers(reader, wire, (from) => values.push(Number(from.int64())))
    else if (field === 8) name = reader.string()
    else if (field === 9) raw = reader.bytes()
    else if (field === 10) readNumbers(reader, wire, (from) => values.push(from.double()))
    else if (field === 14 && wire === VARINT) isElsewhere = reader.int32() === 1
    else return false
    return true
  })
  const numbers = raw === undefined || raw.length === 0 ? values : numbersOf(raw, type)
  const isReadable = !isElsewhere && numbers !== undefined && [FLOAT, INT32, INT64, DOUBLE].includes(type)
  return { name, tensor: isReadable ? { dims, type, values: numbers } : undefined }
}

function numbersOf(raw: Uint8Array, type: number): number[] | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const all = (bytes: number, read: (at: number) => number) =>
    Array.from({ length: Math.floor(raw.byteLength / bytes) }, (_, i) => read(i * bytes))
  if (type === FLOAT) return all(4, (at) => view.getFloat32(at, true))
  if (type === DOUBLE) return all(8, (at) => view.getFloat64(at, true))
  if (type === INT64) return all(8, (at) => Number(view.getBigInt64(at, true)))
  return type === INT32 ? all(4, (at) => view.getInt32(at, true)) : undefined
}
