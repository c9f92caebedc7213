/**
 * Checks one field of an instance and writes it to its place in the batch tensors. Compiled once per field from the
 * signature and the contract, so that a good value costs two comparisons and a store.
 */
import {
  boundsOf,
  type ColumnPlace,
  holdsMissing,
  type InputField,
  type TensorData,
  writeNumber,
  writeText,
} from '../../model/data-plane.ts'
import type { InputProblem } from './errors.ts'
import type { InputPolicy } from './input-policy.ts'
import { addFlag, describe, refuse, type ValidationReport } from './validation-report.ts'

/** `value` is undefined when the field is absent; `index` is the instance's place in the request. */
export type FieldWriter = (
  value: unknown,
  data: readonly TensorData[],
  row: number,
  index: number,
  report: ValidationReport,
) => void

/** What the writers of one field have in common. */
interface FieldPlan {
  readonly field: InputField
  readonly places: readonly ColumnPlace[]
  readonly policy: InputPolicy
  readonly expected: string
  readonly min: number
  readonly max: number
  readonly isMissingAllowed: boolean
  readonly canHoldMissing: boolean
  readonly codes: ReadonlyMap<string, number> | undefined
}

export function createFieldWriter(field: InputField, places: readonly ColumnPlace[], policy: InputPolicy): FieldWriter {
  const canHoldMissing = places.every(({ element }) => holdsMissing(element)) && field.type !== 'tensor'
  const plan: FieldPlan = {
    field,
    places,
    policy,
    expected: expectedOf(field, policy),
    min: policy.min ?? Number.NEGATIVE_INFINITY,
    max: policy.max ?? Number.POSITIVE_INFINITY,
    isMissingAllowed: (policy.nullable ?? field.nullable) && canHoldMissing,
    canHoldMissing,
    codes: field.categories === undefined ? undefined : new Map(field.categories.map((category, code) => [category, code])),
  }
  switch (field.type) {
    case 'number':
    case 'integer':
      return numberWriter(plan)
    case 'boolean':
      return booleanWriter(plan)
    case 'category':
    case 'text':
      return textWriter(plan)
    case 'tensor':
      return tensorWriter(plan)
  }
}

function numberWriter(plan: FieldPlan): FieldWriter {
  const { field, places, min, max } = plan
  const isInteger = field.type === 'integer'
  const bounds = places.map(({ element }) => boundsOf(element))
  const elementMin = Math.max(...bounds.map((bound) => bound.min))
  const elementMax = Math.min(...bounds.map((bound) => bound.max))
  const first = places[0]!
  const isSingle = places.length === 1
  return (value, data, row, index, report) => {
    if (typeof value !== 'number') return void writeOther(plan, value, data, row, index, report)
    if (isInteger ? !Number.isSafeInteger(value) : !Number.isFinite(value)) return void refuseNumber(plan, value, index, report)
    if (value < elementMin || value > elementMax) return void refuseNumber(plan, value, index, report)
    if (value < min || value > max) return void writeInvalid(plan, 'OUT_OF_RANGE', value, data, row, index, report)
    if (isSingle) writeNumber(data, first, row, value)
    else writeEverywhere(plan, data, row, value)
  }
}

function booleanWriter(plan: FieldPlan): FieldWriter {
  return (value, data, row, index, report) => {
    if (typeof value !== 'boolean') return void writeOther(plan, value, data, row, index, report)
    writeEverywhere(plan, data, row, value)
  }
}

function textWriter(plan: FieldPlan): FieldWriter {
  const { codes, places } = plan
  const first = places[0]!
  const isCode = places.length === 1 && first.element !== 'string'
  return (value, data, row, index, report) => {
    if (typeof value !== 'string') return void writeOther(plan, value, data, row, index, report)
    const code = codes?.get(value)
    if (codes !== undefined && code === undefined)
      return void writeInvalid(plan, 'UNKNOWN_CATEGORY', value, data, row, index, report)
    if (isCode && code !== undefined) writeNumber(data, first, row, code)
    else writeEverywhere(plan, data, row, value)
  }
}

function tensorWriter(plan: FieldPlan): FieldWriter {
  const shape = plan.field.shape ?? []
  return (value, data, row, index, report) => {
    if (value === undefined || value === null) return void writeOther(plan, value, data, row, index, report)
    let offset = 0
    const visit = (part: unknown, axis: number, path: string): boolean => {
      if (axis < shape.length) {
        if (!Array.isArray(part) || part.length !== shape[axis]) {
          refuse(report, path, 'WRONG_SHAPE', { expected: `a list of ${shape[axis]}`, value: part })
          return false
        }
        return part.every((inner, i) => visit(inner, axis + 1, `${path}[${i}]`))
      }
      if (typeof part !== 'number' || !Number.isFinite(part)) {
        refuse(report, path, typeof part === 'number' ? 'NOT_FINITE' : 'WRONG_TYPE', { expected: 'a finite number', value: part })
        return false
      }
      for (const place of plan.places) writeNumber(data, { ...place, offset: place.offset + offset }, row, part)
      offset += 1
      return true
    }
    visit(value, 0, pathOf(index, plan.field.name))
  }
}

/** Neither the type nor the shape that was asked for: missing, or wrong. Wrong types are refused under every policy. */
function writeOther(
  plan: FieldPlan,
  value: unknown,
  data: readonly TensorData[],
  row: number,
  index: number,
  report: ValidationReport,
): void {
  if (value === undefined || value === null) {
    if (plan.isMissingAllowed) writeEverywhere(plan, data, row, undefined)
    else writeInvalid(plan, 'MISSING', undefined, data, row, index, report)
    return
  }
  const facts = { expected: plan.expected, value, remark: remarkOn(plan.field, value) }
  refuse(report, pathOf(index, plan.field.name), 'WRONG_TYPE', facts)
}

/** A value of the right type that the contract does not allow: what happens is the contract's policy. */
function writeInvalid(
  plan: FieldPlan,
  code: InputProblem['code'],
  value: number | string | undefined,
  data: readonly TensorData[],
  row: number,
  index: number,
  report: ValidationReport,
): void {
  const { policy, field, canHoldMissing } = plan
  const stand = policy.onInvalid === 'impute' ? policy.impute : code === 'OUT_OF_RANGE' ? value : undefined
  const isText = plan.places.every(({ element }) => element === 'string')
  const written = policy.onInvalid === 'flag' && code === 'UNKNOWN_CATEGORY' && isText ? value : stand
  if (policy.onInvalid === 'reject' || (written === undefined && !canHoldMissing)) {
    const candidates = code === 'UNKNOWN_CATEGORY' ? { candidates: field.categories ?? [] } : {}
    refuse(report, pathOf(index, field.name), code, { expected: plan.expected, value, ...candidates })
    return
  }
  writeEverywhere(plan, data, row, written)
  const done =
    policy.onInvalid === 'flag' && written !== undefined
      ? 'used as it is'
      : `taken as ${written === undefined ? 'missing' : describe(written)}`
  addFlag(report, index, { field: field.name, code, message: `expected ${plan.expected}, got ${describe(value)}; ${done}` })
}

function refuseNumber(plan: FieldPlan, value: number, index: number, report: ValidationReport): void {
  const isFraction = plan.field.type === 'integer' && Number.isFinite(value) && !Number.isInteger(value)
  const code = !Number.isFinite(value) ? 'NOT_FINITE' : isFraction ? 'NOT_AN_INTEGER' : 'NUMBER_TOO_LARGE'
  const remark = code === 'NUMBER_TOO_LARGE' ? 'the model cannot hold a number of this size exactly' : undefined
  refuse(report, pathOf(index, plan.field.name), code, { expected: plan.expected, value, remark })
}

function writeEverywhere(
  plan: FieldPlan,
  data: readonly TensorData[],
  row: number,
  value: number | string | boolean | undefined,
): void {
  for (const place of plan.places) {
    if (place.element === 'string') writeText(data, place, row, value === undefined ? '' : String(value))
    else writeNumber(data, place, row, numberOf(plan, value))
  }
}

function numberOf(plan: FieldPlan, value: number | string | boolean | undefined): number {
  if (typeof value === 'string') return plan.codes?.get(value) ?? Number.NaN
  return value === undefined ? Number.NaN : Number(value)
}

const pathOf = (index: number, name: string) => `instances[${index}].${name}`

function expectedOf(field: InputField, { min, max }: InputPolicy): string {
  const range =
    min !== undefined && max !== undefined
      ? ` from ${min} to ${max}`
      : min === undefined
        ? max === undefined
          ? ''
          : ` up to ${max}`
        : ` from ${min} on`
  if (field.type === 'integer') return `an integer${range}`
  if (field.type === 'number') return `a number${range}`
  if (field.type === 'boolean') return 'true or false'
  if (field.type === 'text') return 'a text'
  if (field.type === 'tensor') return `nested lists of numbers of shape ${(field.shape ?? []).join(' x ')}`
  const known = field.categories ?? []
  const shown = known.slice(0, 5).map((category) => JSON.stringify(category))
  if (known.length === 0) return 'a text'
  return `one of ${shown.join(', ')}${known.length > 5 ? ` … (${known.length} known)` : ''}`
}

/** The mistakes that everyone makes once. */
function remarkOn(field: InputField, value: unknown): string | undefined {
  const isNumeric = field.type === 'number' || field.type === 'integer'
  if (typeof value === 'string' && isNumeric) {
    if (/^\s*[+-]?(nan|inf(inity)?)\s*$/i.test(value.slice(0, 40))) return 'a missing number is null, or left out'
    if (value.trim() !== '' && value.length < 40 && Number.isFinite(Number(value))) return 'send it without quotation marks'
  }
  if (typeof value === 'number' && (field.type === 'category' || field.type === 'text')) return 'send it in quotation marks'
  if (typeof value === 'number' && field.type === 'boolean') return 'send true or false'
  return undefined
}
