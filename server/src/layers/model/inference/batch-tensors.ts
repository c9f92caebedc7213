/**
 * The inputs of one inference call, allocated once for the most rows it may hold and filled row by row by whoever
 * validates them: a value goes from the request's JSON straight to its place in the tensor, with no row object between.
 *
 *     columns: hour, distance, origin     one float32 tensor [rowsMax, 3]
 *     row r, column c                     data[r * 3 + c]
 */
import type { ElementType, Signature } from '../signature/signature.ts'
import type { Tensor, TensorData } from './contract.ts'

/** Where the values of one column go. */
export interface ColumnPlace {
  readonly tensor: number
  readonly element: ElementType
  /** Values of one row in that tensor. */
  readonly stride: number
  readonly offset: number
  /** Values this column takes in a row: 1, or the product of its shape. */
  readonly size: number
}

interface TensorLayout {
  readonly name: string
  readonly element: ElementType
  readonly stride: number
  readonly rowDims: readonly number[]
}

export interface BatchLayout {
  readonly tensors: readonly TensorLayout[]
  readonly places: ReadonlyMap<string, readonly ColumnPlace[]>
}

export interface BatchTensors {
  readonly rowsMax: number
  /** One array per graph input, in the order of the signature. */
  readonly data: readonly TensorData[]
  /** The first `rows` rows as tensors. */
  tensors(rows: number): readonly Tensor[]
}

/** Reads from a signature how columns become tensors. */
export function createBatchLayout(signature: Signature): BatchLayout {
  const shapes = new Map(signature.inputs.map((field) => [field.name, field.shape ?? []]))
  const places = new Map<string, ColumnPlace[]>()
  const tensors = signature.graph.inputs.map((input, tensor) => {
    const sizes = input.columns.map((column) => (shapes.get(column) ?? []).reduce((product, axis) => product * axis, 1))
    const stride = sizes.reduce((sum, size) => sum + size, 0)
    let offset = 0
    input.columns.forEach((column, i) => {
      const size = sizes[i]!
      const known = places.get(column) ?? []
      known.push({ tensor, element: input.element, stride, offset, size })
      places.set(column, known)
      offset += size
    })
    const rowDims = input.rank === 1 ? [] : input.rank === 2 ? [stride] : [...(shapes.get(input.columns[0]!) ?? [stride])]
    return { name: input.name, element: input.element, stride, rowDims }
  })
  return Object.freeze({ tensors, places })
}

/** Allocates the arrays; `shared` puts them in memory that worker threads see too, so that a batch crosses uncopied. */
export function createBatchTensors(layout: BatchLayout, rowsMax: number, shared = false): BatchTensors {
  const data = layout.tensors.map(({ element, stride }) => allocate(element, rowsMax * stride, shared))
  return Object.freeze({
    rowsMax,
    data,
    tensors: (rows: number) =>
      layout.tensors.map(({ name, element, rowDims }, i) => ({ name, element, dims: [rows, ...rowDims], data: data[i]! })),
  })
}

const BYTES: Readonly<Record<Exclude<ElementType, 'string'>, number>> = { float32: 4, float64: 8, int64: 8, int32: 4, bool: 1 }

function allocate(element: ElementType, length: number, shared: boolean): TensorData {
  if (element === 'string') return Array.from({ length }, () => '')
  const bytes = BYTES[element] * length
  const buffer = (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)) as ArrayBuffer
  switch (element) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float64':
      return new Float64Array(buffer)
    case 'int64':
      return new BigInt64Array(buffer)
    case 'int32':
      return new Int32Array(buffer)
    case 'bool':
      return new Uint8Array(buffer)
  }
}

/** Smallest and largest number that an element can hold without becoming infinite or wrapping around. */
export function boundsOf(element: ElementType): { readonly min: number; readonly max: number } {
  if (element === 'float32') return { min: -3.4028234663852886e38, max: 3.4028234663852886e38 }
  if (element === 'int32') return { min: -2147483648, max: 2147483647 }
  if (element === 'int64') return { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }
  return { min: -Number.MAX_VALUE, max: Number.MAX_VALUE }
}

/** Whether an element has a value that means "missing": NaN, or the empty string. */
export const holdsMissing = (element: ElementType) => element === 'float32' || element === 'float64' || element === 'string'

/** Writes a number (NaN is missing; a boolean is 0 or 1; a category its code) to its place in one row. */
export function writeNumber(data: readonly TensorData[], place: ColumnPlace, row: number, value: number): void {
  const target = data[place.tensor]!
  const index = row * place.stride + place.offset
  if (target instanceof BigInt64Array) target[index] = Number.isNaN(value) ? -1n : BigInt(value)
  else if (Array.isArray(target)) target[index] = Number.isNaN(value) ? '' : String(value)
  else target[index] = Number.isNaN(value) && !holdsMissing(place.element) ? -1 : value
}

/** Writes a text to its place in one row of a string tensor. */
export function writeText(data: readonly TensorData[], place: ColumnPlace, row: number, value: string): void {
  const target = data[place.tensor]!
  if (Array.isArray(target)) target[row * place.stride + place.offset] = value
}
