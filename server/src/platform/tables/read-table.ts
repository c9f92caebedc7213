/**
 * A data file as a table in memory: typed arrays, filled chunk by chunk, so that nothing but the table is held. Text is coded
 * inside the engine, which makes a code of it for less than JavaScript takes to make a string of it.
 */
import { nearest } from '../../kernel/nearest.ts'
import type { Column, Table } from '../../kernel/table.ts'
import { type SqlEngine, type SqlSession, sqlName } from '../sql/sql-engine.ts'
import { DataColumnMissing, DataTooLarge } from './errors.ts'
import { type DataColumn, type DataFile, type DataFilePlace, openDataFile } from './open-data-file.ts'

/** 200 million cells are 1.6 GB as numbers. */
const CELLS_MAX = 200_000_000

export interface TableOptions {
  /** Columns to read, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined
  /** Most rows times columns. */
  readonly cellsMax?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Opens a file, reads it and closes it. Throws the errors of `openDataFile` and `tableOf`. */
export async function readTable(engine: SqlEngine, place: DataFilePlace, options: TableOptions = {}): Promise<Table> {
  const file = await openDataFile(engine, place)
  try {
    return await tableOf(file, options)
  } finally {
    file.close()
  }
}

/**
 * All rows in the order of the file; dictionaries are sorted. A missing number is NaN, and so is NaN itself.
 * Throws DataColumnMissing, DataTooLarge, DataUnreadable, and the signal's reason when cancelled.
 */
export async function tableOf(file: DataFile, { columns, cellsMax = CELLS_MAX, signal }: TableOptions = {}): Promise<Table> {
  const picked = pickColumns(file, columns)
  const { rowCount } = file
  if (rowCount * picked.length > cellsMax)
    throw new DataTooLarge({ file: file.name, rows: rowCount, columns: picked.length, cellsMax })
  signal?.throwIfAborted()
  const stop = () => file.session.interrupt()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await file.query((session) => fillTable(session, file, picked, signal))
  } catch (error) {
    throw signal?.aborted === true ? signal.reason : error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** The columns of these names. Throws DataColumnMissing with the nearest name. */
export function pickColumns(file: DataFile, names: readonly string[] | undefined): readonly DataColumn[] {
  if (names === undefined) return file.columns
  return names.map((name) => {
    const column = file.columns.find((candidate) => candidate.name === name)
    if (column !== undefined) return column
    const known = file.columns.map((candidate) => candidate.name)
    throw new DataColumnMissing({ file: file.name, column: name, columns: known, nearest: nearest(name, known) })
  })
}

async function fillTable(
  session: SqlSession,
  { relation, rowCount }: DataFile,
  picked: readonly DataColumn[],
  signal: AbortSignal | undefined,
): Promise<Table> {
  const dictionaries = new Map<number, readonly string[]>()
  if (picked.length === 0) return { rowCount, columns: new Map() }
  try {
    for (const [i, { name, type }] of picked.entries())
      if (type === 'text') dictionaries.set(i, await createDictionary(session, relation, name, typeName(i)))
    const arrays = picked.map(({ type }) => (type === 'text' ? new Int32Array(rowCount) : new Float64Array(rowCount)))
    let filled = 0
    for await (const chunk of session.chunks(`SELECT ${picked.map(cellSql).join(', ')} FROM ${relation}`)) {
      signal?.throwIfAborted()
      for (const [i, array] of arrays.entries()) array.set(chunk.columns[i]!, filled)
      filled += chunk.rowCount
    }
    const columns = picked.map(({ name, type }, i): readonly [string, Column] => [
      name,
      type === 'text'
        ? { type, codes: arrays[i] as Int32Array, dictionary: dictionaries.get(i) ?? [] }
        : { type, values: arrays[i] as Float64Array },
    ])
    return Object.freeze({ rowCount, columns: new Map(columns) })
  } finally {
    if (signal?.aborted !== true) for (const i of picked.keys()) await session.run(`DROP TYPE IF EXISTS ${typeName(i)}`)
  }
}

const typeName = (column: number) => `data_text_${column}`

function cellSql({ name, type }: DataColumn, i: number): string {
  const column = sqlName(name)
  if (type === 'text') return `coalesce(CAST(enum_code(CAST(${column} AS ${typeName(i)})) AS INTEGER), -1)`
  const value = type === 'time' ? `epoch_ms(${column})` : column
  return `coalesce(CAST(${value} AS DOUBLE), CAST('nan' AS DOUBLE))`
}

/** Makes an enumeration of the different texts of a column and gives them in the order of their codes. */
async function createDictionary(session: SqlSession, relation: string, name: string, type: string): Promise<readonly string[]> {
  const column = sqlName(name)
  await session.run(
    `CREATE TEMP TYPE ${type} AS ENUM (SELECT DISTINCT ${column} FROM ${relation} WHERE ${column} IS NOT NULL ORDER BY ${column})`,
  )
  const rows = await session.rows(`SELECT unnest(enum_range(CAST(NULL AS ${type}))) AS text`)
  return rows.map(({ text }) => text as string)
}
