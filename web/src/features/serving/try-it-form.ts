/** A form made from a signature: what may be typed into each field, and the instance that it stands for. */
import type { SignatureInput } from '@seaworthy/api/version-documents'

/** What stands in a field, as text; undefined is missing, which is sent as null. */
export type Draft = Readonly<Record<string, string | undefined>>
export type Instance = Readonly<Record<string, unknown>>

/** What the fields begin with: a row like those of the training data, where there is one. */
export const draftOf = (inputs: readonly SignatureInput[], row: Instance | undefined): Draft =>
  Object.fromEntries(inputs.map((input) => [input.name, textOf(row?.[input.name] ?? defaultOf(input))]))

/** What cannot be read as the type of its field is sent as it is: the server says what is wrong with it. */
export const instanceOf = (inputs: readonly SignatureInput[], draft: Draft): Instance =>
  Object.fromEntries(inputs.map((input) => [input.name, valueOf(input, draft[input.name])]))

function defaultOf({ type, min, max, nullable, categories, shape }: SignatureInput): unknown {
  if (nullable) return undefined
  if (type === 'boolean') return false
  if (type === 'category') return categories?.[0] ?? ''
  if (type === 'text') return ''
  if (type === 'tensor') return Array.from({ length: shape?.at(-1) ?? 1 }, () => 0)
  const middle = ((min ?? 0) + (max ?? min ?? 0)) / 2
  return type === 'integer' ? Math.round(middle) : middle
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function valueOf({ type }: SignatureInput, text: string | undefined): unknown {
  if (text === undefined) return null
  if (type === 'category' || type === 'text') return text
  if (type === 'boolean') return text === 'true'
  if (type === 'tensor') return parsed(text)
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? text : number
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What the training data had, for the description of a field. */
export function rangeText({ type, min, max, categories }: SignatureInput): string | undefined {
  if (categories !== undefined) return `${categories.length} known`
  if (min === undefined || max === undefined) return type === 'tensor' ? 'JSON' : undefined
  return `${min} to ${max} in training`
}
