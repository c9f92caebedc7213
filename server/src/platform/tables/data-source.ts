/**
 * How the engine reads a file of each format: Parquet in place, text parsed once into a temporary table that spills to disk.
 * Nothing is guessed that can be known: the types of a column come from all rows and not from the first ones.
 */
import { type SqlSession, sqlName, sqlText } from '../sql/sql-engine.ts'
import { readCsvHeader } from './csv-header.ts'
import type { RecognisedFile } from './data-format.ts'
import { DataColumnsRefused } from './errors.ts'

export const COLUMNS_MAX = 2_000
/** Columns that pandas adds to keep its index. They are no data. */
const INDEX_COLUMN = /^__index_level_\d+__$/
const TABLE = 'data_rows'

export interface SourceColumn {
  readonly name: string
  /** How the engine calls it, quoted. */
  readonly sql: string
  /** As DESCRIBE spells it. */
  readonly type: string
}
export interface DataSource {
  /** What stands after FROM. */
  readonly from: string
  readonly columns: readonly SourceColumn[]
  /** Columns of the file that are no data: without a name, or an index of pandas. */
  readonly ignored: readonly string[]
}

/** Throws DataColumnsRefused, and the engine's own errors. */
export async function openSource(session: SqlSession, file: string, name: string, known: RecognisedFile): Promise<DataSource> {
  const read = { parquet: readParquet, csv: readCsv, json: readJson }[known.format]
  const { from, names } = await read(session, file, name, known)
  const described = await session.rows(`DESCRIBE SELECT * FROM ${from}`)
  if (names.length !== described.length)
    throw refuse(name, `its header has ${names.length} names for ${described.length} columns`)
  const columns = described.map(({ column_name, column_type }, i) => ({
    name: names[i]!,
    sql: sqlName(String(column_name)),
    type: String(column_type),
  }))
  const isIgnored = (column: SourceColumn) => column.name.trim() === '' || INDEX_COLUMN.test(column.name)
  const kept = columns.filter((column) => !isIgnored(column))
  if (kept.length === 0) throw refuse(name, 'there are none with a name')
  return { from, columns: kept, ignored: columns.filter(isIgnored).map((column) => column.name) }
}

interface Readable {
  readonly from: string
  /** As the file has them, in order. */
  readonly names: readonly string[]
}

const refuse = (file: string, reason: string) => new DataColumnsRefused({ file, reason })

function checkNames(file: string, names: readonly string[]): void {
  if (names.length > COLUMNS_MAX) throw refuse(file, `there are ${names.length}, and at most ${COLUMNS_MAX} are taken`)
  const seen = new Map<string, string>()
  for (const name of names.filter((candidate) => candidate.trim() !== '')) {
    const before = seen.get(name.toLowerCase())
    if (before === name) throw refuse(file, `"${name}" is there twice`)
    if (before !== undefined) throw refuse(file, `"${before}" and "${name}" differ in nothing but capital letters`)
    seen.set(name.toLowerCase(), name)
  }
}

async function readParquet(session: SqlSession, file: string, name: string): Promise<Readable> {
  const schema = await session.rows(
    `SELECT name, CAST(num_children AS INTEGER) AS children FROM parquet_schema(${sqlText(file)})`,
  )
  const names: string[] = []
  // The schema is a tree, parents before children: a column begins where the subtree of the last one has ended.
  let pending = 0
  for (const { name: column, children } of schema.slice(1)) {
    if (pending === 0) names.push(String(column))
    else pending -= 1
    pending += Number(children ?? 0)
  }
  checkNames(name, names)
  return { from: `read_parquet(${sqlText(file)}, hive_partitioning = false)`, names }
}

async function readCsv(session: SqlSession, file: string, name: string, { head, isWhole }: RecognisedFile): Promise<Readable> {
  const header = readCsvHeader(head, isWhole)
  if (header === undefined) throw refuse(name, 'the first line does not end within the first MiB')
  const { names, delimiter, linesSkipped } = header
  checkNames(name, names)
  if (names.every((column) => column.trim() !== '' && Number.isFinite(Number(column))))
    throw refuse(name, `the first line holds numbers (${names.slice(0, 3).join(', ')}) where the names of the columns should be`)
  const dialect = `header = true, skip = ${linesSkipped}, delim = ${sqlText(delimiter)}, quote = '"', escape = '"', comment = '', hive_partitioning = false`
  const types = `['BOOLEAN', 'BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'TIMESTAMPTZ', 'VARCHAR']`
  try {
    await session.run(
      `CREATE TEMP TABLE ${TABLE} AS SELECT * FROM read_csv(${sqlText(file)}, ${dialect}, sample_size = -1, auto_type_candidates = ${types})`,
    )
  } catch (cause) {
    // The sniffer says only that it failed; reading everything as text says in which line.
    const columns = names.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ')
    await session.rows(
      `SELECT count(c0) AS n FROM read_csv(${sqlText(file)}, ${dialect}, auto_detect = false, columns = {${columns}})`,
    )
    throw cause
  }
  return { from: TABLE, names }
}

async function readJson(session: SqlSession, file: string, name: string): Promise<Readable> {
  const path = sqlText(file)
  // Detecting a schema takes time with the square of the keys, so they are counted first.
  const [found] = await session.rows(
    `SELECT CAST(count(*) AS INTEGER) AS n FROM (SELECT DISTINCT unnest(json_keys(json)) FROM read_json_objects(${path}, format = 'auto') LIMIT ${COLUMNS_MAX + 1})`,
  )
  if (Number(found?.['n']) > COLUMNS_MAX) throw refuse(name, `there are more than ${COLUMNS_MAX}`)
  if (Number(found?.['n']) === 0) throw refuse(name, 'its objects have no keys')
  await session.run(
    `CREATE TEMP TABLE ${TABLE} AS SELECT * FROM read_json(${path}, format = 'auto', records = true, sample_size = -1, maximum_depth = 2, map_inference_threshold = -1, hive_partitioning = false)`,
  )
  const names = (await session.rows(`DESCRIBE ${TABLE}`)).map((row) => String(row['column_name']))
  checkNames(name, names)
  return { from: TABLE, names }
}
