/**
 * Which column of the data fills which place of the graph. In this order: names that the exporter wrote into the file; the
 * names of inputs that take one column each; and the order of the data, for one tensor of many columns. Where that leaves a
 * choice, it is refused and not guessed: a model whose columns are swapped answers, and answers wrongly.
 */
import type { Contract } from '../../../contract/contract.ts'
import { nearest } from '../../../kernel/nearest.ts'
import { type Baseline, type BaselineColumn, isNumeric } from '../baseline/baseline.ts'
import { GraphUnusable, SignatureMismatch } from './errors.ts'
import type { GraphMetadata } from './graph-metadata.ts'
import type { InputTensor } from './graph-tensors.ts'

export interface MatchRequest {
  readonly tensors: readonly InputTensor[]
  readonly metadata: GraphMetadata
  readonly baseline: Baseline | undefined
  readonly contract: Contract | undefined
  readonly outcome: string | undefined
}
export interface ColumnMatch {
  /** Columns of each tensor, in the order of the tensors. */
  readonly columns: readonly (readonly string[])[]
  readonly warnings: readonly string[]
}

/** Throws SignatureMismatch; GraphUnusable when the names in the file are too many or too few. */
export function matchColumns(request: MatchRequest): ColumnMatch {
  const { tensors, metadata, baseline } = request
  if (metadata.columns !== undefined) {
    const columns = byMetadata(tensors, metadata.columns)
    if (baseline !== undefined)
      refuseMissing(
        request,
        columns.flat().filter((name) => !isTensorColumn(tensors, columns, name)),
      )
    return { columns, warnings: [] }
  }
  const warnings: string[] = []
  const found = new Map<InputTensor, readonly string[]>()
  const isWide = (tensor: InputTensor) =>
    tensor.shape === undefined && (tensor.width === undefined ? tensors.length === 1 : tensor.width > 1)
  for (const tensor of tensors.filter((candidate) => candidate.shape !== undefined))
    found.set(tensor, [tensorName(tensor, request)])
  const narrow = tensors.filter((tensor) => tensor.shape === undefined && !isWide(tensor))
  const wide = tensors.filter(isWide)
  if (wide.length > 1)
    throw mismatch(request, `which columns belong to ${wide.map(({ name }) => `"${name}"`).join(' and ')} cannot be told`)
  const named = byName(narrow, request, warnings)
  // A single input of one column may be called anything.
  const isNameless = narrow.length === 1 && wide.length === 0 && named.size === 0
  if (!isNameless && baseline !== undefined)
    refuseMissing(
      request,
      narrow.filter((tensor) => !named.has(tensor)).map(({ name }) => name),
    )
  for (const tensor of narrow) found.set(tensor, [named.get(tensor) ?? tensor.name])
  for (const tensor of isNameless && baseline !== undefined ? narrow : wide)
    found.set(
      tensor,
      byOrder(tensor, request, new Set([...found].filter(([other]) => other !== tensor).flatMap(([, names]) => names)), warnings),
    )
  return { columns: tensors.map((tensor) => found.get(tensor)!), warnings }
}

function byMetadata(tensors: readonly InputTensor[], names: readonly string[]): readonly (readonly string[])[] {
  const [only] = tensors
  const widths = tensors.map(({ shape, width }) =>
    shape === undefined ? (width ?? (tensors.length === 1 ? names.length : 1)) : 1,
  )
  const total = widths.reduce((sum, width) => sum + width, 0)
  if (total !== names.length)
    throw new GraphUnusable({
      part: 'metadata',
      name: 'seaworthy.columns',
      text: `${names.length} names`,
      reason: `the inputs take ${total} columns (${only === undefined ? 'none' : tensors.map(({ text }) => text).join(', ')})`,
      advice: 'Write one name for each column of the inputs, in their order.',
    })
  let at = 0
  return widths.map((width) => names.slice(at, (at += width)))
}

const isTensorColumn = (tensors: readonly InputTensor[], columns: readonly (readonly string[])[], name: string) =>
  tensors.some((tensor, i) => tensor.shape !== undefined && columns[i]!.includes(name))

/** A tensor of many axes is no column of a table; the contract may have a name for it. */
function tensorName(tensor: InputTensor, { contract, tensors }: MatchRequest): string {
  const named = Object.entries(contract?.inputs ?? {}).filter(([, rule]) => rule.type === 'tensor')
  const isOnly = tensors.filter(({ shape }) => shape !== undefined).length === 1
  return isOnly && named.length === 1 ? named[0]![0] : tensor.name
}

/** Converters spell names in their own way: `petal length (cm)` becomes `petal_length__cm_`. */
const folded = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '')

function byName(
  narrow: readonly InputTensor[],
  { baseline }: MatchRequest,
  warnings: string[],
): ReadonlyMap<InputTensor, string> {
  if (baseline === undefined) return new Map(narrow.map((tensor) => [tensor, tensor.name]))
  const names = new Set(baseline.columns.map(({ name }) => name))
  const byFolded = Map.groupBy(names, folded)
  const found = new Map<InputTensor, string>()
  for (const tensor of narrow) {
    const alike = byFolded.get(folded(tensor.name)) ?? []
    if (names.has(tensor.name)) found.set(tensor, tensor.name)
    else if (alike.length === 1) {
      found.set(tensor, alike[0]!)
      warnings.push(`The input "${tensor.name}" of the graph is filled from the column "${alike[0]}".`)
    }
  }
  return found
}

function byOrder(tensor: InputTensor, request: MatchRequest, taken: ReadonlySet<string>, warnings: string[]): readonly string[] {
  const { baseline, contract, outcome } = request
  const agreed = Object.keys(contract?.inputs ?? {}).filter((name) => !taken.has(name) && name !== outcome)
  const { width } = tensor
  if (baseline === undefined) return withoutData(tensor, request, agreed, warnings)
  const free = baseline.columns.filter(({ name }) => !taken.has(name) && name !== outcome)
  const fits = (columns: readonly unknown[]) => columns.length > 0 && (width === undefined || columns.length === width)
  const namesOf = (columns: readonly BaselineColumn[]) => columns.map(({ name }) => name)
  if (width !== undefined && fits(free)) return namesOf(free)
  const ofContract = free.filter(({ name }) => agreed.includes(name))
  if (agreed.length > 0 && ofContract.length === agreed.length && fits(ofContract)) {
    warnings.push(`The input "${tensor.name}" is filled with the columns that the contract names, in the order of the data.`)
    return namesOf(ofContract)
  }
  const usable = free.filter(
    (column) => tensor.element === 'string' || column.type === 'boolean' || isUsableNumber(column, request),
  )
  if (fits(usable)) return namesOf(usable)
  const candidates = `${free.length} columns${outcome === undefined ? '' : ` besides the outcome "${outcome}"`}`
  const unclear =
    outcome === undefined && width !== undefined && free.length === width + 1
      ? ', and which of them is the outcome is not said'
      : ''
  throw mismatch(request, `the input "${tensor.name}" takes ${width ?? 'some'} columns, and the data has ${candidates}${unclear}`)
}

const isUsableNumber = (column: BaselineColumn, { metadata }: MatchRequest) =>
  (isNumeric(column) && column.type !== 'time') || metadata.categories.has(column.name)

function withoutData(
  tensor: InputTensor,
  request: MatchRequest,
  agreed: readonly string[],
  warnings: string[],
): readonly string[] {
  const { width } = tensor
  if (agreed.length > 0 && (width === undefined || agreed.length === width)) {
    warnings.push(
      `The columns of "${tensor.name}" are taken from the contract, in its order; only the data of the training could tell whether that is the order of the model.`,
    )
    return agreed
  }
  if (width === undefined)
    throw mismatch(request, `how many columns "${tensor.name}" takes is said neither by the graph nor by any data`)
  return Array.from({ length: width }, (_, i) => `${tensor.name}[${i}]`)
}

function refuseMissing(request: MatchRequest, names: readonly string[]): void {
  const known = request.baseline?.columns.map(({ name }) => name) ?? []
  const missing = names.filter((name) => !known.includes(name))
  if (missing.length === 0) return
  const told = missing.slice(0, 10).map((name) => {
    const meant = nearest(name, known)
    return `"${name}"${meant === undefined ? '' : ` (the nearest is "${meant}")`}`
  })
  throw mismatch(
    request,
    `the data lacks ${told.join(', ')}${missing.length > 10 ? `, and ${missing.length - 10} more` : ''}`,
    missing,
  )
}

/** The error with both sides in it. */
export function mismatch(
  { tensors, baseline }: Pick<MatchRequest, 'tensors' | 'baseline'>,
  reason: string,
  missing: readonly string[] = [],
) {
  return new SignatureMismatch({
    reason,
    takes: tensors.map(({ text }) => text),
    has: baseline?.columns.map(({ name, type }) => `${name} ${type}`) ?? [],
    missing,
  })
}
