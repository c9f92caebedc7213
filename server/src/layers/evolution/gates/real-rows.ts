/** Rows as the model meets them in service, for gates that ask it instead of judging what it said. */
import type { Column, Instance, Table } from '../../../kernel/table.ts'
import type { InputField, Signature } from '../../model/index.ts'

/** Indexes of at most `limit` rows, spread evenly. */
export function spreadRows(rowCount: number, limit: number): number[] {
  const picked = Math.min(rowCount, limit)
  return Array.from({ length: picked }, (_, i) => Math.floor((i * rowCount) / picked))
}

/** Instances of a package as a table; tensors have no column. */
export function tableOf(instances: readonly Instance[], { inputs }: Pick<Signature, 'inputs'>): Table {
  const columns = inputs.filter(({ type }) => type !== 'tensor').map((field) => [field.name, columnOf(field, instances)] as const)
  return { rowCount: instances.length, columns: new Map(columns) }
}

function columnOf({ name, type }: InputField, instances: readonly Instance[]): Column {
  if (type === 'category' || type === 'text') {
    const dictionary: string[] = []
    const codes = new Map<string, number>()
    const code = (value: unknown): number => {
      if (typeof value !== 'string') return -1
      const known = codes.get(value) ?? dictionary.push(value) - 1
      codes.set(value, known)
      return known
    }
    return { type: 'text', codes: Int32Array.from(instances, (instance) => code(instance[name])), dictionary }
  }
  const number = (value: unknown) => (typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : Number.NaN)
  const kind = type === 'integer' || type === 'boolean' ? type : 'number'
  return { type: kind, values: Float64Array.from(instances, (instance) => number(instance[name])) }
}

/** Cells of a data file as requests bring them: a category that the file has as a number is text, 0 and 1 are truth values. */
export function servedInstances(instances: readonly Instance[], { inputs }: Pick<Signature, 'inputs'>): Instance[] {
  return instances.map((instance) =>
    Object.fromEntries(
      inputs.flatMap((field) => (Object.hasOwn(instance, field.name) ? [[field.name, served(field, instance[field.name])]] : [])),
    ),
  )
}

function served({ type }: InputField, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (type === 'category' || type === 'text') return String(value)
  if (type === 'boolean' && typeof value === 'number') return value !== 0
  return typeof value === 'boolean' && type !== 'boolean' ? Number(value) : value
}
