import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from '@duckdb/node-api'

/** A value as it goes into and comes out of a query: whole numbers beyond 2^53 are cast to text or double in SQL. */
export type Cell = string | number | boolean | null
export type Row = Readonly<Record<string, Cell>>

/** Some rows of a query, an array for each column, valid until the next chunk is asked for. */
export interface SqlChunk {
  readonly rowCount: number
  readonly columns: readonly (Float64Array | Int32Array)[]
}

/** One connection with its temporary tables. Not for two queries at once. */
export interface SqlSession {
  run(sql: string): Promise<void>
  rows(sql: string, parameters?: readonly Cell[]): Promise<Row[]>
  /** Streams a query whose columns are all DOUBLE or INTEGER and never null, in its order, 2,048 rows at a time. */
  chunks(sql: string): AsyncIterable<SqlChunk>
  /** Stops the query that is running, which then rejects. */
  interrupt(): void
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
    chunks: (sql: string) => streamChunks(connection, sql),
    interrupt: () => connection.interrupt(),
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

async function* streamChunks(connection: DuckDBConnection, sql: string): AsyncGenerator<SqlChunk> {
  const result = await connection.stream(sql)
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    const { rowCount } = chunk
    const columns = Array.from({ length: chunk.columnCount }, (_, i) => {
      const { items } = chunk.getColumnVector(i) as { items?: unknown }
      if (items instanceof Float64Array || items instanceof Int32Array) return items.subarray(0, rowCount)
      throw new TypeError(`Column ${i} of the query is neither DOUBLE nor INTEGER: ${sql.slice(0, 200)}`)
    })
    yield { rowCount, columns }
  }
}

/** A text as an SQL literal, for the places that take no parameter: file names. */
export const sqlText = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** A name of a column or table as SQL has it, whatever characters it holds. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`
