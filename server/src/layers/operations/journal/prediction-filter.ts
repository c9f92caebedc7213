/**
 * Which predictions of a journal are looked for. Asked twice, in SQL for what is in Parquet and here for what is not yet, and
 * both have to agree: values are compared as the JSON text that was journaled, numbers of the output as numbers.
 */
import { type Cell, sqlText } from '../../../platform/sql/sql-engine.ts'
import type { PredictionRow } from './prediction.ts'

export interface PredictionFilter {
  readonly variant?: string | undefined
  readonly caller?: string | undefined
  /** Inputs whose value is this; null for one that is null or absent. All of them hold. */
  readonly slice?: readonly { readonly input: string; readonly value: string | null }[] | undefined
  /** A number of the output: `['late']`, or `['kind', 'setosa']` of several classes. */
  readonly score?:
    | { readonly output: readonly string[]; readonly min?: number | undefined; readonly max?: number | undefined }
    | undefined
  /** Only rows with a value that the contract has flagged. */
  readonly flagged?: boolean | undefined
}

/** Conditions on the columns of a Parquet file; `add` takes a parameter and gives its place. */
export function filterSql(filter: PredictionFilter, add: (value: Cell) => string): string[] {
  const { variant, caller, slice = [], score, flagged } = filter
  const conditions: string[] = []
  if (variant !== undefined) conditions.push(`variant = ${add(variant)}`)
  if (caller !== undefined) conditions.push(`caller = ${add(caller)}`)
  if (flagged === true) conditions.push('flags IS NOT NULL')
  for (const { input, value } of slice) {
    const text = `json_extract_string(inputs, ${sqlText(pointer([input]))})`
    conditions.push(value === null ? `${text} IS NULL` : `${text} = ${add(value)}`)
  }
  if (score !== undefined) {
    const number = `TRY_CAST(json_extract_string(output, ${sqlText(pointer(score.output))}) AS DOUBLE)`
    if (score.min !== undefined) conditions.push(`${number} >= ${add(score.min)}`)
    if (score.max !== undefined) conditions.push(`${number} <= ${add(score.max)}`)
  }
  return conditions
}

/** The same of a row that is not in Parquet yet. */
export function isWanted(row: PredictionRow, { variant, caller, slice = [], score, flagged }: PredictionFilter): boolean {
  if (variant !== undefined && row.variant !== variant) return false
  if (caller !== undefined && row.caller !== caller) return false
  if (flagged === true && row.flags === null) return false
  if (slice.length > 0) {
    const inputs = JSON.parse(row.inputs) as unknown
    if (!slice.every(({ input, value }) => textOf(at(inputs, [input])) === value)) return false
  }
  if (score === undefined || (score.min === undefined && score.max === undefined)) return true
  const said = at(JSON.parse(row.output), score.output)
  const number = typeof said === 'number' ? said : typeof said === 'boolean' ? Number(said) : Number.NaN
  return number >= (score.min ?? Number.NEGATIVE_INFINITY) && number <= (score.max ?? Number.POSITIVE_INFINITY)
}

/** A JSON pointer (RFC 6901). */
const pointer = (path: readonly string[]): string =>
  path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function at(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined
    found = (found as Readonly<Record<string, unknown>>)[step]
  }
  return found
}

const textOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)
