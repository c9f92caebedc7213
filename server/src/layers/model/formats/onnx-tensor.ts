/**
 * TensorProto of onnx.proto, without its values: name, type, shape, where the bytes are. A shape that needs more bytes
 * than there are is refused here, because the next reader would allocate what the shape says.
 */
import { ModelFileExcessive, TensorClaimFalse } from './errors.ts'
import type { FileCursor } from './file-cursor.ts'
import { elementBits } from './onnx-element.ts'
import { NAME_BYTES_MAX } from './onnx-value.ts'

/** Lists up to this many texts or whole numbers are read, for they may be the names of classes. */
const LIST_LENGTH_MAX = 10_000
const LIST_BYTES_MAX = 1_048_576
const RANK_MAX = 64
const BYTES_SHOWN_MAX = 10n ** 24n
const utf8 = new TextDecoder()

export interface ExternalReference {
  readonly location: string
  readonly offset: number
  /** Undefined: up to the end of the file. */
  readonly length: number | undefined
}

export interface TensorHeader {
  readonly name: string
  readonly values: bigint
  readonly bytes: number
  readonly external: ExternalReference | undefined
  /** The values, when they are a short list of texts or of whole numbers. */
  readonly list: readonly string[] | undefined
}

interface Parts {
  name: string
  type: number
  dims: bigint[]
  bytes: number
  texts: string[]
  textCount: number
  integers: string[]
  isExternal: boolean
  entries: Map<string, string>
}

/** Stands before the length of a TensorProto; reads it. Throws TensorClaimFalse, ModelFileMalformed. */
export function readTensor(cursor: FileCursor, file: string): TensorHeader {
  const parts: Parts = {
    name: '',
    type: 0,
    dims: [],
    bytes: 0,
    texts: [],
    textCount: 0,
    integers: [],
    isExternal: false,
    entries: new Map(),
  }
  cursor.message((field, wire) => readField(cursor, file, parts, field, wire))
  const { name, dims, type } = parts
  if (dims.some((size) => size < 0n)) throw cursor.malformed(`the tensor "${name}" has a negative size`)
  const values = dims.reduce((product, size) => product * size, 1n)
  const bytesNeeded = type === 8 ? values : (values * BigInt(elementBits(type)) + 7n) / 8n
  const external = parts.isExternal ? referenceOf(cursor, parts) : undefined
  const holds = type === 8 ? parts.textCount : parts.bytes
  if (external === undefined && fewerThan(holds, values, bytesNeeded, parts))
    throw new TensorClaimFalse({
      file,
      tensor: name,
      dims: dims.map(String),
      bytesClaimed: bytesNeeded > BYTES_SHOWN_MAX ? 'more than 10^24' : String(bytesNeeded),
      bytesPresent: parts.bytes,
    })
  const bytes = external === undefined ? parts.bytes : Number(bytesNeeded)
  return { name, values, bytes, external, list: listOf(parts, values) }
}

/** Packed int32 and int64 data are varints of a byte or more, so a count of bytes below the count of values is a lie. */
function fewerThan(holds: number, values: bigint, bytesNeeded: bigint, { type, integers }: Parts): boolean {
  if (BigInt(holds) >= bytesNeeded) return false
  const asVarints = integers.length > 0 || [2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 16].includes(type)
  return !asVarints || BigInt(holds) < (elementBits(type) < 8 ? bytesNeeded : values)
}

function readField(cursor: FileCursor, file: string, parts: Parts, field: number, wire: number): boolean {
  if (field === 1) readDimensions(cursor, file, parts, wire)
  else if (field === 2 && wire === 0) parts.type = cursor.varint()
  else if (field === 8 && wire === 2) parts.name = cursor.text('a name', NAME_BYTES_MAX)
  else if (field === 6 && wire === 2) readText(cursor, parts)
  else if (field === 7) readIntegers(cursor, parts, wire)
  else if (field === 9 && wire === 2) readRaw(cursor, parts)
  else if (field === 4 || field === 5 || field === 10 || field === 11) parts.bytes += cursor.measure(wire)
  else if (field === 13 && wire === 2) readEntry(cursor, parts.entries)
  else if (field === 14 && wire === 0) parts.isExternal = cursor.varint() === 1
  else return false
  return true
}

/** A dimension that were dropped would make the claim of the shape smaller than it is. */
function readDimensions(cursor: FileCursor, file: string, { dims }: Parts, wire: number): void {
  readNumbers(cursor, wire, (size) => {
    if (dims.push(size) > RANK_MAX) throw new ModelFileExcessive({ file, what: 'dimensions of a tensor', limit: RANK_MAX })
  })
}

function readText(cursor: FileCursor, parts: Parts): void {
  parts.textCount += 1
  const bytes = cursor.length()
  parts.bytes += bytes
  if (parts.texts.length < LIST_LENGTH_MAX && parts.bytes <= LIST_BYTES_MAX) {
    cursor.keep(bytes)
    parts.texts.push(utf8.decode(cursor.bytes(bytes)))
  } else cursor.skipTo(cursor.position() + bytes)
}

/** Whole numbers of int64_data. What is too long for a list of classes is not looked at, for it may be gigabytes. */
function readIntegers(cursor: FileCursor, parts: Parts, wire: number): void {
  const keep = (value: bigint) => {
    if (parts.integers.length === LIST_LENGTH_MAX) return
    cursor.keep(8)
    parts.integers.push(String(value))
  }
  const from = cursor.position()
  if (wire !== 2) {
    if (wire === 0 && parts.integers.length < LIST_LENGTH_MAX) keep(cursor.int64())
    else cursor.measure(wire)
  } else {
    const bytes = cursor.length()
    const end = cursor.position() + bytes
    if (bytes > LIST_BYTES_MAX) cursor.skipTo(end)
    else readPacked(cursor, end, keep)
  }
  parts.bytes += cursor.position() - from
}

function readRaw(cursor: FileCursor, parts: Parts): void {
  const bytes = cursor.length()
  parts.bytes += bytes
  // The type comes before the data in every exporter's files; where it does not, there are just no class names.
  if (parts.type === 7 && bytes % 8 === 0 && bytes / 8 <= LIST_LENGTH_MAX) {
    cursor.keep(bytes)
    const view = new DataView(cursor.bytes(bytes).buffer)
    for (let at = 0; at < bytes; at += 8) parts.integers.push(String(view.getBigInt64(at, true)))
  } else cursor.skipTo(cursor.position() + bytes)
}

/** Repeated whole numbers, packed or one by one. */
export function readNumbers(cursor: FileCursor, wire: number, take: (value: bigint) => void): void {
  if (wire === 0) return take(cursor.int64())
  if (wire !== 2) throw cursor.malformed('a whole number has the wire type of something else')
  readPacked(cursor, cursor.length() + cursor.position(), take)
}

function readPacked(cursor: FileCursor, end: number, take: (value: bigint) => void): void {
  while (cursor.position() < end) take(cursor.int64())
  if (cursor.position() !== end) throw cursor.malformed('a list of numbers runs over its end')
}

/** A StringStringEntryProto: key and value. */
export function readEntry(cursor: FileCursor, entries: Map<string, string>, valueBytesMax = NAME_BYTES_MAX): void {
  let key = ''
  let value = ''
  cursor.message((field, wire) => {
    if (wire !== 2 || (field !== 1 && field !== 2)) return false
    if (field === 1) key = cursor.text('a key', NAME_BYTES_MAX)
    else value = cursor.text(`the value of "${key}"`, valueBytesMax)
    return true
  })
  entries.set(key, value)
}

function referenceOf(cursor: FileCursor, { name, entries }: Parts): ExternalReference {
  const number = (key: string): number | undefined => {
    const text = entries.get(key)
    if (text === undefined || text === '') return undefined
    // The runtime reads digits; whatever else a number may be written as, it would understand differently.
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (!Number.isSafeInteger(value)) throw cursor.malformed(`the ${key} of the weights "${name}" is "${text.slice(0, 40)}"`)
    return value
  }
  return { location: entries.get('location') ?? '', offset: number('offset') ?? 0, length: number('length') }
}

function listOf({ type, texts, integers, textCount }: Parts, values: bigint): readonly string[] | undefined {
  if (type === 8 && texts.length === textCount && BigInt(textCount) === values) return texts
  return type === 7 && integers.length > 0 && BigInt(integers.length) === values ? integers : undefined
}
