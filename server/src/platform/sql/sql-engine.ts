import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'

/** A value as it goes into and comes out of a query: whole numbers beyond 2^53 are cast to text or double in SQL. */
export type Cell = string | number | boolean | null
export type Row = Readonly<Record<string, Cell>>

/** One connection with its temporary tables. Not for two queries at once. */
export interface SqlSession {
  run(sql: string): Promise<void>
  rows(sql: string, parameters?: readonly Cell[]): Promise<Row[]>
  /** Appends rows to a table whose columns are VARCHAR or DOUBLE, in their order. */
  append(table: string, columns: readonly ('VARCHAR' | 'DOUBLE')[], rows: readonly (readonly Cell[])[]): Promise<void>
  close(): void
}

/** What the journal asks of an analytical engine. Queries run off the JavaScript thread. */
export interface SqlEngine {
  session(): Promise<SqlSession>
  close(): void
}

export interface SqlEngineOptions {
  readonly memoryBytesMax: number
  /** Where intermediate results go that do not fit into memory. */
  readonly tempFolder: string
  readonly threads?: number
}

/** DuckDB in memory, loaded on first use. */
export function createSqlEngine({ memoryBytesMax, tempFolder, threads = 2 }: SqlEngineOptions): SqlEngine {
  let opened: Promise<DuckDBInstance> | undefined
  const open = async (): Promise<DuckDBInstance> => {
    const { DuckDBInstance } = await import('@duckdb/node-api')
    return DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.floor(memoryBytesMax / 1_000_000)}MB`,
      temp_directory: tempFolder,
      threads: String(threads),
      autoinstall_known_extensions: 'false',
    })
  }
  return Object.freeze({
    async session() {
      opened ??= open()
      const connection = await (await opened).connect()
      await connection.run(`SET TimeZone = 'UTC'`)
      return createSession(connection)
    },
    close() {
      void opened?.then((instance) => instance.closeSync())
      opened = undefined
    },
  })
}

const CHUNK_ROWS = 2_048

function createSession(connection: DuckDBConnection): SqlSession {
  return Object.freeze({
    async run(sql: string) {
      await connection.run(sql)
    },
    async rows(sql: string, parameters: readonly Cell[] = []) {
      const reader = await connection.runAndReadAll(sql, [...parameters])
      return reader.getRowObjectsJS() as Row[]
    },
    async append(table: string, columns: readonly ('VARCHAR' | 'DOUBLE')[], rows: readonly (readonly Cell[])[]) {
      const { DOUBLE, DuckDBDataChunk, VARCHAR } = await import('@duckdb/node-api')
      const types = columns.map((type) => (type === 'DOUBLE' ? DOUBLE : VARCHAR))
      const appender = await connection.createAppender(table)
      for (let at = 0; at < rows.length; at += CHUNK_ROWS) {
        const slice = rows.slice(at, at + CHUNK_ROWS)
        const chunk = DuckDBDataChunk.create(types, slice.length)
        columns.forEach((_, i) =>
          chunk.setColumnValues(
            i,
            slice.map((row) => row[i] as DuckDBValue),
          ),
        )
        appender.appendDataChunk(chunk)
      }
      appender.closeSync()
    },
    close: () => connection.closeSync(),
  })
}

/** A text as an SQL literal, for the places that take no parameter: file names. */
export const sqlText = (value: string): string => `'${value.replaceAll("'", "''")}'`
