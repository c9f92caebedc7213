/**
 * Writes the few messages of onnx.proto that a trained model needs. Field numbers are those of ONNX IR 10
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto):
 *
 *     ModelProto      1 ir_version   2 producer_name   3 producer_version   7 graph   8 opset_import   14 metadata_props
 *     GraphProto      1 node   2 name   5 initializer   11 input   12 output
 *     NodeProto       1 input   2 output   4 op_type   5 attribute   7 domain
 *     AttributeProto  1 name   3 i   7 floats   8 ints   9 strings   20 type
 *     TensorProto     1 dims   2 data_type   8 name   9 raw_data, little-endian
 *     ValueInfoProto  1 name   2 type { 1 tensor_type { 1 elem_type   2 shape { 1 dim { 1 dim_value   2 dim_param } } } }
 *
 * A part is a function that writes itself, so that a message is the list of its fields. Lists of numbers are packed, which every
 * reader of protobuf accepts.
 */
import { BinaryWriter } from '@bufbuild/protobuf/wire'

type Part = (writer: BinaryWriter) => void
/** A piece of a message, with its field number. */
export type OnnxPart = Part

const IR_VERSION = 10
const FLOAT = 1
const INT64 = 7

const all =
  (parts: readonly Part[]): Part =>
  (writer) =>
    parts.forEach((part) => part(writer))
const message =
  (field: number, parts: readonly Part[]): Part =>
  (writer) => {
    writer.tag(field, 2).fork()
    all(parts)(writer)
    writer.join()
  }
const text =
  (field: number, value: string): Part =>
  (writer) =>
    void writer.tag(field, 2).string(value)
const int =
  (field: number, value: number): Part =>
  (writer) =>
    void writer.tag(field, 0).int64(value)
const bytes =
  (field: number, value: Uint8Array): Part =>
  (writer) =>
    void writer.tag(field, 2).bytes(value)

const attribute = (name: string, type: number, value: Part) => message(5, [text(1, name), value, int(20, type)])
export const intAttribute = (name: string, value: number): Part => attribute(name, 2, int(3, value))
export const intsAttribute = (name: string, values: Iterable<number>): Part =>
  attribute(name, 7, (writer) => {
    writer.tag(8, 2).fork()
    for (const value of values) writer.int64(value)
    writer.join()
  })
export const floatsAttribute = (name: string, values: Float32Array): Part => attribute(name, 6, bytes(7, littleEndian(values)))
export const textsAttribute = (name: string, values: readonly string[]): Part =>
  attribute(name, 8, all(values.map((value) => text(9, value))))

/** A constant of the graph: float32, or whole numbers as int64. */
export const initializer = (name: string, values: Float32Array | BigInt64Array, dims: readonly number[]): Part =>
  message(5, [
    ...dims.map((size) => int(1, size)),
    int(2, values instanceof Float32Array ? FLOAT : INT64),
    bytes(9, littleEndian(values)),
    text(8, name),
  ])

function littleEndian(values: Float32Array | BigInt64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.byteLength))
  if (values instanceof Float32Array) values.forEach((value, i) => view.setFloat32(i * 4, value, true))
  else values.forEach((value, i) => view.setBigInt64(i * 8, value, true))
  return new Uint8Array(view.buffer)
}

export interface OnnxNode {
  readonly operator: string
  readonly domain?: 'ai.onnx.ml'
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: readonly Part[]
}

export const node = ({ operator, domain, inputs, outputs, attributes = [] }: OnnxNode): Part =>
  message(1, [
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...attributes,
    ...(domain === undefined ? [] : [text(7, domain)]),
  ])

/** A float32 tensor [rows, width] with a free number of rows. */
export interface OnnxMatrix {
  readonly name: string
  readonly width: number
}

const matrix = (field: number, { name, width }: OnnxMatrix) => {
  const shape = message(2, [message(1, [text(2, 'rows')]), message(1, [int(1, width)])])
  return message(field, [text(1, name), message(2, [message(1, [int(1, FLOAT), shape])])])
}

export interface OnnxModel {
  readonly name: string
  readonly nodes: readonly Part[]
  readonly initializers?: readonly Part[]
  readonly input: OnnxMatrix
  readonly output: OnnxMatrix
  readonly opsets: { readonly standard: number; readonly ml: number }
  readonly metadata: ReadonlyMap<string, string>
}

export function writeModel({ name, nodes, initializers = [], input, output, opsets, metadata }: OnnxModel): Uint8Array {
  const graph = [...nodes, text(2, name), ...initializers, matrix(11, input), matrix(12, output)]
  const writer = new BinaryWriter()
  all([
    int(1, IR_VERSION),
    text(2, 'seaworthy'),
    message(7, graph),
    message(8, [text(1, ''), int(2, opsets.standard)]),
    message(8, [text(1, 'ai.onnx.ml'), int(2, opsets.ml)]),
    ...[...metadata].map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ])(writer)
  return writer.finish()
}
