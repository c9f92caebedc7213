/** Columns of text and of booleans, one at a time: the engine groups, and spills when there are many different values. */
import { type DataColumn, type DataFile } from '../../../platform/tables/open-data-file.ts'
import { sqlName } from '../../../platform/sql/sql-engine.ts'
import { CATEGORIES_MAX, type TextBaseline } from './baseline.ts'

/** Longer texts are counted and not kept: they are no categories, and a package is no place for them. */
const VALUE_LENGTH_MAX = 500

export async function profileText(file: DataFile, { name, type }: DataColumn): Promise<TextBaseline> {
  const column = `CAST(${sqlName(name)} AS VARCHAR)`
  const grouped = `(SELECT ${column} AS value, count(*) AS rows FROM ${file.relation} GROUP BY 1)`
  const [totals] = await file.query((session) =>
    session.rows(
      `SELECT CAST(sum(rows) FILTER (value IS NULL) AS DOUBLE) AS missing, CAST(count(value) AS DOUBLE) AS different,
         CAST(min(length(value)) AS DOUBLE) AS shortest, CAST(max(length(value)) AS DOUBLE) AS longest FROM ${grouped}`,
    ),
  )
  const found = await file.query((session) =>
    session.rows(
      `SELECT value, CAST(rows AS DOUBLE) AS rows FROM ${grouped}
       WHERE value IS NOT NULL AND length(value) <= ${VALUE_LENGTH_MAX} ORDER BY rows DESC, value LIMIT ${CATEGORIES_MAX}`,
    ),
  )
  const values = found.map(({ value, rows }): [string, number] => [String(value), Number(rows)])
  const missing = Number(totals?.['missing'] ?? 0)
  const different = Number(totals?.['different'])
  const length = different === 0 ? null : { min: Number(totals?.['shortest']), max: Number(totals?.['longest']) }
  return {
    name,
    type: type as TextBaseline['type'],
    missing,
    distinct: different,
    values,
    rest: file.rowCount - missing - values.reduce((sum, [, rows]) => sum + rows, 0),
    ...(type === 'text' ? { length } : {}),
  }
}
