/** The type of each input: what the graph can hold, what the data has, and within these what the contract says. */
import type { Contract } from '../../../contract/contract.ts'
import type { InputRule } from '../../../contract/input-rule.ts'
import { nearest } from '../../../kernel/nearest.ts'
import { type BaselineColumn, categoriesOf, isNumeric } from '../baseline/baseline.ts'
import { EncodingUnknown, type UnfitProblem } from './errors.ts'
import type { InputTensor } from './graph-tensors.ts'
import { type MatchRequest, mismatch } from './match-columns.ts'
import type { InputField } from './signature.ts'

/** Inputs that the model does not have, told of one contract. */
const UNKNOWN_MAX = 30

type FieldType = InputField['type']

interface Place {
  readonly name: string
  readonly tensor: InputTensor
  readonly column: BaselineColumn | undefined
  readonly categories: readonly string[] | undefined
  readonly rule: InputRule | undefined
}

export interface InferredInputs {
  readonly inputs: readonly InputField[]
  readonly problems: readonly UnfitProblem[]
  readonly warnings: readonly string[]
}

/** Throws SignatureMismatch and EncodingUnknown. `columns` are those of each tensor. */
export function inferInputs(request: MatchRequest, columns: readonly (readonly string[])[]): InferredInputs {
  const { tensors, baseline, contract, metadata } = request
  const byName = new Map(baseline?.columns.map((column) => [column.name, column]))
  const places = new Map<string, Place>()
  // A column that fills two tensors has the type of the first, and missing values only if both can hold them.
  for (const [i, tensor] of tensors.entries())
    for (const name of columns[i]!) {
      const before = places.get(name)
      const isStricter = before === undefined || (holdsMissing(before.tensor) && !holdsMissing(tensor))
      const [column, rule] = [byName.get(name), ruleOf(contract, name)]
      if (isStricter) places.set(name, { name, tensor, column, categories: metadata.categories.get(name), rule })
    }
  refuseUnencoded([...places.values()])
  const problems: UnfitProblem[] = unknownInputs(contract, [...places.keys()])
  const warnings: string[] = []
  const inputs = [...places.values()].map((place) => fieldOf(place, request, problems, warnings))
  return { inputs, problems, warnings }
}

const ruleOf = (contract: Contract | undefined, name: string): InputRule | undefined =>
  contract !== undefined && Object.hasOwn(contract.inputs, name) ? contract.inputs[name] : undefined
const holdsMissing = ({ element, shape }: InputTensor) =>
  shape === undefined && (element === 'float32' || element === 'float64' || element === 'string')
const isInteger = ({ element }: InputTensor) => element === 'int64' || element === 'int32'

function refuseUnencoded(places: readonly Place[]): void {
  const unencoded = places.filter(
    ({ tensor, column, categories }) =>
      tensor.shape === undefined && tensor.element !== 'string' && column?.type === 'text' && categories === undefined,
  )
  if (unencoded.length > 0)
    throw new EncodingUnknown({ columns: unencoded.map(({ name }) => name), input: unencoded[0]!.tensor.name })
}

function unknownInputs(contract: Contract | undefined, names: readonly string[]): UnfitProblem[] {
  const known = new Set(names)
  return Object.keys(contract?.inputs ?? {})
    .filter((name) => !known.has(name))
    .slice(0, UNKNOWN_MAX)
    .map((name) => {
      const meant = nearest(name, names)
      const hint =
        meant === undefined
          ? `it takes ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' …' : ''}`
          : `did you mean "${meant}"?`
      return { path: `inputs.${name}`, message: `the model takes no input "${name}"; ${hint}` }
    })
}

function fieldOf(place: Place, request: MatchRequest, problems: UnfitProblem[], warnings: string[]): InputField {
  const { name, tensor, column, rule } = place
  const { natural, others, categories } = typesOf(place, request, warnings)
  if (rule !== undefined && rule.type !== natural && !others.includes(rule.type))
    problems.push({ path: `inputs.${name}.type`, message: `${rule.type} does not fit: ${evidence(place, natural)}` })
  const type = rule !== undefined && others.includes(rule.type) ? rule.type : natural
  if (tensor.shape !== undefined) return { name, type, nullable: false, shape: tensor.shape }
  const numeric = column !== undefined && isNumeric(column) && (type === 'number' || type === 'integer') ? column : undefined
  return {
    name,
    type,
    nullable: nullableOf(place, problems, warnings),
    ...(numeric === undefined || numeric.min === null || numeric.max === null ? {} : { min: numeric.min, max: numeric.max }),
    ...(type === 'category' && categories !== undefined ? { categories } : {}),
  }
}

function nullableOf({ name, tensor, column, rule }: Place, problems: UnfitProblem[], warnings: string[]): boolean {
  const missing = column === undefined ? 0 : column.missing + (isNumeric(column) ? column.nan : 0)
  if (holdsMissing(tensor)) return rule?.nullable ?? (column === undefined ? tensor.element !== 'string' : missing > 0)
  if (rule?.nullable === true)
    problems.push({ path: `inputs.${name}.nullable`, message: `the graph takes ${tensor.element}, which has no missing value` })
  if (missing > 0)
    warnings.push(
      `"${name}" is missing in ${missing} rows of the data, and the graph takes ${tensor.element}, which has no missing value.`,
    )
  return false
}

interface PossibleTypes {
  readonly natural: FieldType
  /** Types that the contract may choose instead. */
  readonly others: readonly FieldType[]
  readonly categories?: readonly string[] | undefined
}

function typesOf(place: Place, request: MatchRequest, warnings: string[]): PossibleTypes {
  const { name, tensor, column, categories } = place
  if (tensor.shape !== undefined) return { natural: 'tensor', others: [] }
  const fail = (what: string) =>
    mismatch(request, `the input "${tensor.name}" takes ${tensor.element}, and the column "${name}" has ${what}`)
  if (column?.type === 'time') throw fail('times')
  if (tensor.element === 'string') return textTypes(place, fail, warnings)
  if (categories !== undefined) {
    const seen = column === undefined ? [] : (categoriesOf(column) ?? [])
    const unknown = seen.filter((value) => !categories.includes(value))
    if (unknown.length > 0)
      warnings.push(`"${name}" has values in the data that the model has no code for: ${unknown.slice(0, 5).join(', ')}.`)
    return { natural: 'category', others: [], categories }
  }
  if (column?.type === 'boolean') return { natural: 'boolean', others: [] }
  if (column === undefined || !isNumeric(column)) {
    if (tensor.element === 'bool') return { natural: 'boolean', others: [] }
    return isInteger(tensor) ? { natural: 'integer', others: ['boolean'] } : { natural: 'number', others: ['integer', 'boolean'] }
  }
  const isBinary = column.whole && (column.min ?? 0) >= 0 && (column.max ?? 1) <= 1
  const boolean: readonly FieldType[] = isBinary ? ['boolean'] : []
  if (tensor.element === 'bool') {
    if (isBinary) return { natural: 'boolean', others: [] }
    throw fail('other numbers than 0 and 1')
  }
  if (isInteger(tensor)) {
    if (column.whole) return { natural: 'integer', others: boolean }
    throw fail('numbers with fractions')
  }
  if (column.type === 'integer') return { natural: 'integer', others: ['number', ...boolean] }
  return { natural: 'number', others: column.whole ? ['integer', ...boolean] : [] }
}

function textTypes({ name, column, categories }: Place, fail: (what: string) => Error, warnings: string[]): PossibleTypes {
  if (column === undefined)
    return categories === undefined
      ? { natural: 'text', others: ['category'] }
      : { natural: 'category', others: ['text'], categories }
  if (column.type === 'text') {
    const known = categories ?? categoriesOf(column)
    return known === undefined || known.length === 0
      ? { natural: 'text', others: [] }
      : { natural: 'category', others: ['text'], categories: known }
  }
  if (column.type !== 'integer') throw fail(column.type === 'boolean' ? 'true and false' : 'numbers')
  warnings.push(`"${name}" is text in the model and whole numbers in the data: requests send it as text.`)
  return { natural: 'text', others: ['category'] }
}

/** Why a type is what it is, for the contract's author. */
function evidence({ tensor, column, categories }: Place, natural: FieldType): string {
  const graph = `the graph takes ${tensor.shape === undefined ? tensor.element : `a tensor of ${tensor.shape.join(' x ')}`}`
  if (categories !== undefined) return `the model says that it is a category of ${categories.length} values`
  if (column === undefined) return `${graph}, which is ${natural}`
  if (!isNumeric(column))
    return `${graph}, and the data has ${column.type === 'text' ? `text with ${column.distinct} different values` : 'true and false'}`
  const kind = column.whole ? 'whole numbers' : 'numbers with fractions'
  return `${graph}, and the data has ${kind}${column.min === null ? '' : ` from ${column.min} to ${column.max}`}`
}
