import { type Column, type Instance, instancesOf } from '../../../kernel/table.ts'
import type { DataFile } from '../../../platform/tables/open-data-file.ts'
import { pickColumns } from '../../../platform/tables/read-table.ts'
import { sqlName } from '../../../platform/sql/sql-engine.ts'
import { createRandom } from '../../../stats/random.ts'

/**
 * Rows drawn at random, each equally likely, in the order of the file: the same ones for the same file and seed on every
 * machine. All rows when there are no more than `count`. One pass over the columns that are asked for.
 * Throws DataColumnMissing, DataUnreadable.
 *
 * @param columns Names; the instances have no others.
 */
export async function sampleInstances(
  file: DataFile,
  columns: readonly string[],
  count = 20,
  seed = 0,
): Promise<readonly Instance[]> {
  const picked = pickColumns(file, columns)
  if (picked.length === 0) return []
  const cells = picked.map(({ name, type }, i) => {
    if (type === 'text') return `${sqlName(name)} AS c${i}`
    return `CAST(${type === 'time' ? `epoch_ms(${sqlName(name)})` : sqlName(name)} AS DOUBLE) AS c${i}`
  })
  const rows = drawRows(file.rowCount, count, seed).join(', ')
  const found = await file.query((session) =>
    session.rows(
      `SELECT * FROM (SELECT ${cells.join(', ')}, row_number() OVER () AS n FROM ${file.relation}) WHERE n IN (${rows}) ORDER BY n`,
    ),
  )
  const table = picked.map(({ name, type }, i): [string, Column] => {
    const values = found.map((row) => row[`c${i}`])
    if (type !== 'text') return [name, { type, values: Float64Array.from(values, finiteOf) }]
    return [
      name,
      { type, codes: Int32Array.from(values, (value, row) => (value === null ? -1 : row)), dictionary: values.map(String) },
    ]
  })
  return instancesOf({ rowCount: found.length, columns: new Map(table) }, columns, found.keys())
}

/** `count` different numbers of 1..total, rising (R. Floyd's algorithm: one draw for each, whatever the total). */
function drawRows(total: number, count: number, seed: number): number[] {
  const random = createRandom(seed)
  const drawn = new Set<number>()
  for (let last = Math.max(1, total - count + 1); last <= total; last++) {
    const candidate = 1 + Math.floor(random() * last)
    drawn.add(drawn.has(candidate) ? last : candidate)
  }
  return [...drawn].toSorted((a, b) => a - b)
}

/** Infinities are missing: JSON has none. */
const finiteOf = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN)
