/** ValueInfoProto and TypeProto of onnx.proto: the name and type of an input or output. */
import type { Dimension, GraphValue } from './contract.ts'
import type { FileCursor } from './file-cursor.ts'
import { elementName } from './onnx-element.ts'

export const NAME_BYTES_MAX = 4_096
const DIMENSIONS_MAX = 64

type Type = Omit<GraphValue, 'name'>
const untyped: Type = { kind: 'untyped', element: undefined, dims: undefined, text: 'of no declared type' }

/** Stands before the length of a ValueInfoProto; reads it. */
export function readValue(cursor: FileCursor): GraphValue {
  let name = ''
  let type = untyped
  cursor.message((field, wire) => {
    if (field === 1 && wire === 2) name = cursor.text('a name', NAME_BYTES_MAX)
    else if (field === 2 && wire === 2) type = readType(cursor)
    else return false
    return true
  })
  return { name, ...type }
}

function readType(cursor: FileCursor): Type {
  let type = untyped
  cursor.message((field, wire) => {
    if (wire !== 2) return false
    if (field === 1 || field === 8) type = readTensorType(cursor, field === 1 ? 'tensor' : 'sparse')
    else if (field === 4 || field === 9) type = readContainer(cursor, field === 4 ? 'sequence' : 'optional')
    else if (field === 5) type = readMap(cursor)
    else return false
    return true
  })
  return type
}

function readTensorType(cursor: FileCursor, kind: 'tensor' | 'sparse'): Type {
  let element = 0
  let dims: readonly Dimension[] | undefined
  cursor.message((field, wire) => {
    if (field === 1 && wire === 0) element = cursor.varint()
    else if (field === 2 && wire === 2) dims = readShape(cursor)
    else return false
    return true
  })
  const shape = dims === undefined ? ' of any shape' : ` [${dims.map((axis) => axis ?? '?').join(', ')}]`
  return {
    kind,
    element: elementName(element),
    dims,
    text: `${kind === 'sparse' ? 'sparse ' : ''}${elementName(element)}${shape}`,
  }
}

function readShape(cursor: FileCursor): readonly Dimension[] {
  const dims: Dimension[] = []
  cursor.message((field, wire) => {
    if (field !== 1 || wire !== 2) return false
    if (dims.length === DIMENSIONS_MAX) throw cursor.malformed(`a shape has more than ${DIMENSIONS_MAX} dimensions`)
    let axis: Dimension
    cursor.message((inner, innerWire) => {
      // A negative size is how some exporters write "any".
      if (inner === 1 && innerWire === 0) axis = positive(cursor.int64())
      else if (inner === 2 && innerWire === 2) axis = cursor.text('a name', NAME_BYTES_MAX) || undefined
      else return false
      return true
    })
    dims.push(axis)
    return true
  })
  return dims
}

const positive = (size: bigint): number | undefined => (size < 0n ? undefined : Number(size))

function readContainer(cursor: FileCursor, kind: 'sequence' | 'optional'): Type {
  let inner = untyped
  cursor.message((field, wire) => {
    if (field !== 1 || wire !== 2) return false
    inner = readType(cursor)
    return true
  })
  return { kind, element: inner.element, dims: undefined, text: `${kind}(${inner.text})` }
}

function readMap(cursor: FileCursor): Type {
  let key = 0
  let inner = untyped
  cursor.message((field, wire) => {
    if (field === 1 && wire === 0) key = cursor.varint()
    else if (field === 2 && wire === 2) inner = readType(cursor)
    else return false
    return true
  })
  return { kind: 'map', element: inner.element, dims: undefined, text: `map(${elementName(key)}, ${inner.text})` }
}
