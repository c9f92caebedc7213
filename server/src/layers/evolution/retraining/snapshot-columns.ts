/** From journaled JSON to typed columns: each input by the signature, as the model saw it, and the outcome by what was told. */
import type { Contract } from '../../../contract/contract.ts'
import { type SqlSession, sqlText } from '../../../platform/sql/sql-engine.ts'
import type { InputField, Signature } from '../../model/index.ts'

export interface SnapshotColumn {
  readonly name: string
  /** As `platform/tables` reads it. */
  readonly type: 'number' | 'integer' | 'boolean' | 'text'
  /** May be missing. */
  readonly nullable: boolean
  /** What the model is given instead of a value out of range or a missing one, when the contract imputes. */
  readonly impute?: { readonly min?: number; readonly max?: number; readonly value?: number | string | boolean }
}

const SQL_TYPES = { number: 'DOUBLE', integer: 'BIGINT', boolean: 'BOOLEAN', text: 'VARCHAR' } as const

/** One column an input, in the order of the signature; undefined names the first input that no table can hold. */
export function snapshotColumns(
  { inputs }: Pick<Signature, 'inputs'>,
  contract: Contract,
): readonly SnapshotColumn[] | { readonly tensor: string } {
  const tensor = inputs.find(({ type }) => type === 'tensor')
  if (tensor !== undefined) return { tensor: tensor.name }
  return inputs.map((field) => columnOf(field, contract))
}

function columnOf({ name, type, nullable }: InputField, { inputs, serving }: Contract): SnapshotColumn {
  const rule = inputs[name]
  const head = {
    name,
    type: type === 'number' || type === 'integer' || type === 'boolean' ? type : ('text' as const),
    nullable: rule?.nullable ?? nullable,
  }
  if ((rule?.['on-invalid'] ?? serving['on-invalid']) !== 'impute') return head
  const { min, max, impute: value } = rule ?? {}
  return {
    ...head,
    impute: {
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(value === undefined ? {} : { value }),
    },
  }
}

/** SQL of the value that the model saw, over a column `inputs` of JSON; null where there was none of its type. Unnamed. */
export function inputSql({ name, type, impute }: SnapshotColumn): string {
  const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const typed = `TRY_CAST(json_extract_string(inputs, ${sqlText(pointer)}) AS ${SQL_TYPES[type]})`
  const { min, max, value } = impute ?? {}
  const bounds = [...(min === undefined ? [] : [`${typed} >= ${min}`]), ...(max === undefined ? [] : [`${typed} <= ${max}`])]
  const bounded = bounds.length === 0 ? typed : `CASE WHEN ${bounds.join(' AND ')} THEN ${typed} END`
  return value === undefined ? bounded : `coalesce(${bounded}, CAST(${sqlText(String(value))} AS ${SQL_TYPES[type]}))`
}

/**
 * SQL of the outcome over a column `outcome` of JSON in `relation`, and its type: that which holds all of them. Truth values
 * beside the numbers 0 and 1 are numbers; anything else in a mixture is text.
 */
export async function outcomeSql(
  session: SqlSession,
  relation: string,
): Promise<{ readonly sql: string; readonly type: string }> {
  const found = await session.rows(
    `SELECT json_type(outcome) AS kind, bool_and(coalesce(TRY_CAST(json_extract_string(outcome, '$') AS DOUBLE) IN (0, 1), false)) AS is_truth
     FROM ${relation} WHERE outcome IS NOT NULL GROUP BY ALL`,
  )
  const kinds = new Set(found.map(({ kind }) => String(kind)))
  const within = (...allowed: string[]) => [...kinds].every((kind) => allowed.includes(kind))
  const text = `json_extract_string(outcome, '$')`
  if (within('BOOLEAN')) return { sql: `TRY_CAST(${text} AS BOOLEAN)`, type: 'boolean' }
  if (within('UBIGINT', 'BIGINT')) return { sql: `TRY_CAST(${text} AS BIGINT)`, type: 'integer' }
  if (within('UBIGINT', 'BIGINT', 'DOUBLE')) return { sql: `TRY_CAST(${text} AS DOUBLE)`, type: 'number' }
  const numbers = found.filter(({ kind }) => kind !== 'BOOLEAN')
  if (within('BOOLEAN', 'UBIGINT', 'BIGINT', 'DOUBLE') && numbers.every(({ is_truth }) => is_truth === true))
    return {
      sql: `CASE ${text} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE CAST(TRY_CAST(${text} AS DOUBLE) AS BIGINT) END`,
      type: 'integer',
    }
  return { sql: text, type: 'text' }
}
