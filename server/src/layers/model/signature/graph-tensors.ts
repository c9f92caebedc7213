/** The inputs of a graph as tensors that can be filled row by row, or the reason why one cannot. */
import type { Dimension, GraphDescription, GraphValue } from '../formats/contract.ts'
import { GraphUnusable } from './errors.ts'
import { ElementType } from './signature.ts'

const RANK_MAX = 8
/** A wider row is one tensor, an embedding or a flat image, and not so many columns. */
const COLUMNS_MAX = 2_000
/** Numbers in one row: 400 MB as float32. */
const ROW_VALUES_MAX = 100_000_000
const CAST_ADVICE =
  'Export the model with float32, float64, int64, int32, bool or string at its inputs and outputs; for half precision, convert with keep_io_types=True.'
const BATCH_ADVICE =
  'Export the model with a free first axis: dynamic_shapes or dynamic_axes in torch.onnx.export, None in the input types of skl2onnx and tf2onnx.'
const SHAPE_ADVICE = 'Export the model with a fixed size for each axis but the first.'

export interface InputTensor {
  readonly name: string
  readonly element: ElementType
  readonly rank: number
  /** Columns of one row, for tensors of one or two axes; undefined when the file does not say. */
  readonly width: number | undefined
  /** Shape of one row, for tensors of more axes, and for rows too wide to be columns. */
  readonly shape: readonly number[] | undefined
  /** The input in words: `hour float32 [rows, 1]`. */
  readonly text: string
}

export const isElement = (element: string | undefined): element is ElementType => ElementType.safeParse(element).success

/** Why a value cannot be fed or read at all, with what to do; undefined when it can. */
export function unusable({ kind, element, text }: GraphValue): { readonly reason: string; readonly advice: string } | undefined {
  if (kind !== 'tensor')
    return {
      reason: `it is ${text}, and only tensors are fed and read`,
      advice: 'Export the model with tensors at its inputs and outputs.',
    }
  if (!isElement(element)) return { reason: `elements of type ${element} are not supported`, advice: CAST_ADVICE }
  return undefined
}

/** Throws GraphUnusable for the first input that cannot be fed. */
export function inputTensors({ inputs }: GraphDescription): readonly InputTensor[] {
  return inputs.map((input) => {
    const { name, text, dims, element } = input
    const refuse = (reason: string, advice: string) => new GraphUnusable({ part: 'input', name, text, reason, advice })
    const why = unusable(input)
    if (why !== undefined) throw refuse(why.reason, why.advice)
    const tensor = { name, element: element as ElementType, text: `${name} ${text}` }
    if (dims === undefined) return { ...tensor, rank: 2, width: undefined, shape: undefined }
    if (dims.length === 0) throw refuse('it is one number for all rows', 'Make it a constant of the model before the export.')
    if (dims.length > RANK_MAX) throw refuse(`it has more than ${RANK_MAX} axes`, 'Flatten it before the export.')
    if (typeof dims[0] === 'number')
      throw refuse(`its first axis has the fixed size ${dims[0]}, so it takes no other number of rows`, BATCH_ADVICE)
    const [, ...rest] = dims
    const shape = rest.map(sizeOf)
    const width = dims.length === 1 ? 1 : shape[0]
    if (dims.length <= 2 && (width ?? 0) <= COLUMNS_MAX) return { ...tensor, rank: dims.length, width, shape: undefined }
    if (shape.includes(undefined)) throw refuse(`its axis ${shape.indexOf(undefined) + 1} has no fixed size`, SHAPE_ADVICE)
    const values = (shape as number[]).reduce((product, axis) => product * axis, 1)
    if (values > ROW_VALUES_MAX)
      throw refuse(`one row of it has ${values} values, and at most ${ROW_VALUES_MAX} are fed`, SHAPE_ADVICE)
    return { ...tensor, rank: dims.length, width: undefined, shape: shape as number[] }
  })
}

/** Undefined for axes that are free, or empty. */
export const sizeOf = (axis: Dimension): number | undefined => (typeof axis === 'number' && axis > 0 ? axis : undefined)
