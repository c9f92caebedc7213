/**
 * A data file that a user brought, opened for queries. Whatever wrote it, its columns are of five types here, each with one
 * type of the engine behind it: number DOUBLE, integer BIGINT, boolean BOOLEAN, time TIMESTAMP in UTC, text VARCHAR.
 */
import { type SqlEngine, type SqlSession, sqlName, sqlText } from '../sql/sql-engine.ts'
import { canonicalSql, columnTypeOf, type DataColumnType } from './column-type.ts'
import { recogniseFile } from './data-format.ts'
import { type DataSource, openSource, type SourceColumn } from './data-source.ts'
import { DataEmpty } from './errors.ts'
import { readFailure } from './read-failure.ts'

export interface DataFilePlace {
  /** Where the bytes lie. Any name: a blob has no ending. */
  readonly path: string
  /** The name it came with; its ending tells the format: .parquet, .pq, .csv, .tsv, .json, .jsonl, .ndjson. */
  readonly name: string
}
export interface DataColumn {
  readonly name: string
  readonly type: DataColumnType
}
export interface DataFile {
  readonly name: string
  readonly rowCount: number
  readonly columns: readonly DataColumn[]
  /** Columns of the file that are no data and were left out: those without a name, and the index that pandas adds. */
  readonly ignored: readonly string[]
  /** Not for two queries at once. */
  readonly session: SqlSession
  /** SQL name of the rows, for FROM. Rows keep their order where the query has none of its own. */
  readonly relation: string
  /** Runs work on the session; what the engine says of the file becomes DataUnreadable or DataExceedsMemory. */
  query<T>(work: (session: SqlSession) => Promise<T>): Promise<T>
  /** Gives memory and disk back. */
  close(): void
}

const RELATION = 'data_file'
/** What writers put where a number is missing, as pandas reads them. In columns of words they are words. */
const MISSING_MARKS = ['NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NaN', 'nan', 'NULL', 'null', 'None']

/** Throws DataFormatUnknown, DataUnreadable, DataEmpty, DataColumnsRefused and DataExceedsMemory. */
export async function openDataFile(engine: SqlEngine, { path, name }: DataFilePlace): Promise<DataFile> {
  const known = await recogniseFile(path, name)
  const session = await engine.session()
  const query = async <T>(work: (session: SqlSession) => Promise<T>): Promise<T> => {
    try {
      return await work(session)
    } catch (cause) {
      throw readFailure(path, name, cause)
    }
  }
  try {
    return await query(async () => {
      const source = await openSource(session, path, name, known)
      const columns = known.format === 'csv' ? await unmarkNumbers(session, source) : source.columns
      const picked = columns.map((column) => `${canonicalSql(column.sql, column.type)} AS ${sqlName(column.name)}`)
      await session.run(`CREATE TEMP VIEW ${RELATION} AS SELECT ${picked.join(', ')} FROM ${source.from}`)
      const [counted] = await session.rows(`SELECT CAST(count(*) AS DOUBLE) AS n FROM ${source.from}`)
      const rowCount = Number(counted?.['n'])
      if (rowCount === 0) throw new DataEmpty({ file: name, what: 'rows' })
      return Object.freeze<DataFile>({
        name,
        rowCount,
        columns: columns.map((column) => ({ name: column.name, type: columnTypeOf(column.type) })),
        ignored: source.ignored,
        session,
        relation: RELATION,
        query,
        close: () => session.close(),
      })
    })
  } catch (error) {
    session.close()
    throw error
  }
}

/** Text columns of a CSV file whose values are numbers, but for marks like NA where one is missing, become numbers. */
async function unmarkNumbers(session: SqlSession, { from, columns }: DataSource): Promise<readonly SourceColumn[]> {
  const texts = columns.filter(({ type }) => type === 'VARCHAR')
  if (texts.length === 0) return columns
  const marks = MISSING_MARKS.map(sqlText).join(', ')
  const tests = texts.map(({ sql }, i) => {
    const rest = `${sql} IS NOT NULL AND ${sql} NOT IN (${marks})`
    // 007 is no number but a code.
    const isNumber = `TRY_CAST(${sql} AS DOUBLE) IS NOT NULL AND NOT regexp_matches(${sql}, '^[+-]?0[0-9]')`
    const isWhole = `regexp_full_match(${sql}, '[+-]?[0-9]{1,18}')`
    return `count(*) FILTER (${rest}) > 0 AND count(*) FILTER (${rest} AND NOT (${isNumber})) = 0 AS n${i},
      count(*) FILTER (${rest} AND NOT ${isWhole}) = 0 AS w${i}`
  })
  const [found] = await session.rows(`SELECT ${tests.join(', ')} FROM ${from}`)
  return columns.map((column) => {
    const at = texts.indexOf(column)
    if (at < 0 || found?.[`n${at}`] !== true) return column
    const type = found[`w${at}`] === true ? 'BIGINT' : 'DOUBLE'
    const value = `CASE WHEN ${column.sql} NOT IN (${marks}) THEN ${column.sql} END`
    return { ...column, type, sql: `TRY_CAST(${value} AS ${type})` }
  })
}
