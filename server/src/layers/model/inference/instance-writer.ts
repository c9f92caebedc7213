/**
 * Writes instances that are known to be good (a package's sample) into batch tensors, without saying what is wrong with
 * others: a value that does not fit becomes missing. Requests go through the validator of the serving layer instead.
 */
import type { Instance } from '../../../kernel/table.ts'
import type { InputField, Signature } from '../signature/signature.ts'
import { type BatchLayout, type BatchTensors, type ColumnPlace, writeNumber, writeText } from './batch-tensors.ts'

export function writeInstance(
  signature: Signature,
  layout: BatchLayout,
  tensors: BatchTensors,
  row: number,
  instance: Instance,
): void {
  for (const field of signature.inputs)
    for (const place of layout.places.get(field.name) ?? []) writeValue(field, place, tensors, row, instance[field.name])
}

function writeValue(field: InputField, place: ColumnPlace, { data }: BatchTensors, row: number, value: unknown): void {
  if (field.type === 'tensor') {
    const flat = [value].flat(Infinity)
    for (let i = 0; i < place.size; i++)
      writeNumber(data, { ...place, offset: place.offset + i }, row, typeof flat[i] === 'number' ? (flat[i] as number) : 0)
  } else if (place.element === 'string') writeText(data, place, row, typeof value === 'string' ? value : '')
  else writeNumber(data, place, row, numberOf(field, value))
}

/** The number that stands for a value in a numeric tensor: itself, 0 or 1, or the code of a category. */
function numberOf(field: InputField, value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  const code = typeof value === 'string' ? (field.categories ?? []).indexOf(value) : -1
  return code >= 0 ? code : Number.NaN
}
