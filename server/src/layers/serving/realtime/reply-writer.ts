/**
 * The reply as text, put together by hand: JSON.stringify on a tree of small objects costs more than the model. Everything
 * that does not change between requests is quoted once.
 *
 *     {"requestId":"..","deployment":"..","model":"..","version":1,"variant":"..","predictions":[
 *       {"id":"..","output":{"late":0.2312},"flags":[{"field":"..","code":"..","message":".."}]}]}
 */
import { labelOf, type OutputField, outputTensor, type Signature, type Tensor, type TensorData } from '../../model/data-plane.ts'
import { float32Text, numberText } from './number-text.ts'
import type { InputFlag } from './validation-report.ts'

/** The outputs of one batch, ready to be read by row. */
export type BoundOutputs = readonly { readonly data: TensorData; readonly width: number }[]

export interface ReplyWriter {
  /** Finds each output in what the model gave. Throws ModelRunFailed when the shapes are not those of the signature. */
  bind(outputs: ReadonlyMap<string, Tensor>, rows: number): BoundOutputs
  /** The reply up to its first prediction. */
  head(requestId: string): string
  /** One prediction, without the comma between two. */
  prediction(id: string, outputs: BoundOutputs, row: number, flags: readonly InputFlag[] | undefined): string
}

export const REPLY_TAIL = ']}'

export interface ReplyFacts {
  readonly deployment: string
  readonly model: string
  readonly version: number
  readonly variant: string
}

export function createReplyWriter(signature: Signature, { deployment, model, version, variant }: ReplyFacts): ReplyWriter {
  const facts = [deployment, model, version, variant].map((value) => JSON.stringify(value))
  const middle = `","deployment":${facts[0]},"model":${facts[1]},"version":${facts[2]},"variant":${facts[3]},"predictions":[`
  const fields = signature.outputs
  const parts = fields.map((field, i) => ({
    before: `${i === 0 ? '","output":{' : ','}${JSON.stringify(field.name)}:`,
    write: createOutputWriter(field),
  }))
  return Object.freeze({
    bind: (outputs: ReadonlyMap<string, Tensor>, rows: number) =>
      fields.map((field) => {
        const { data } = outputTensor(outputs, field, rows)
        return { data, width: data.length / rows }
      }),
    head: (requestId: string) => `{"requestId":"${requestId}${middle}`,
    prediction(id: string, outputs: BoundOutputs, row: number, flags: readonly InputFlag[] | undefined) {
      let text = `{"id":"${id}`
      for (let i = 0; i < parts.length; i++) {
        const { data, width } = outputs[i]!
        const part = parts[i]!
        text += part.before + part.write(data, width, row)
      }
      return flags === undefined ? `${text}}}` : `${text}},"flags":${JSON.stringify(flags)}}`
    },
  })
}

type OutputWriter = (data: TensorData, width: number, row: number) => string

function createOutputWriter(field: OutputField): OutputWriter {
  const number = field.element === 'float32' ? float32Text : numberText
  const value = (data: TensorData, at: number): string => {
    const found = data[at]!
    if (typeof found === 'number') return number(found)
    return typeof found === 'bigint' ? String(found) : JSON.stringify(found)
  }
  const column = field.column ?? 0
  switch (field.type) {
    case 'probability':
    case 'number':
    case 'integer':
      return (data, width, row) => value(data, row * width + column)
    case 'boolean':
      return (data, width, row) => (Number(data[row * width + column]) === 0 ? 'false' : 'true')
    case 'category':
      return (data, width, row) => JSON.stringify(labelOf(field, data[row * width + column]!))
    case 'probabilities': {
      const classes = field.classes?.map((name) => `${JSON.stringify(name)}:`)
      return (data, width, row) => {
        const isNamed = classes?.length === width
        const values = Array.from({ length: width }, (_, i) => (isNamed ? classes[i]! : '') + value(data, row * width + i))
        return isNamed ? `{${values.join()}}` : `[${values.join()}]`
      }
    }
    case 'tensor':
      return (data, width, row) => nested(data, row * width, field.shape ?? [width], value)
  }
}

/** The values from `from` on as lists within lists. */
function nested(
  data: TensorData,
  from: number,
  shape: readonly number[],
  value: (data: TensorData, at: number) => string,
): string {
  const [length, ...inner] = shape
  if (length === undefined) return value(data, from)
  const step = inner.reduce((product, axis) => product * axis, 1)
  return `[${Array.from({ length }, (_, i) => nested(data, from + i * step, inner, value)).join()}]`
}
