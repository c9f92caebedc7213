import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDatabase,
  SqliteDriver,
} from 'kysely'
import { DatabaseUnreadable } from '../errors.ts'
import type { Database } from '../database.ts'
import type { DatabaseSchema } from '../schema.ts'

const STATEMENTS_MAX = 500
const BUSY_PAUSE_MS_MAX = 20
/** While the file is opened nothing else runs yet, so SQLite's own wait does. */
const OPEN_BUSY_MS_MAX = 5_000

/**
 * One connection: SQLite has one writer, and reads beside it in one process gain nothing. Kysely's driver hands it out to
 * one user at a time, so nothing slips into a transaction of somebody else.
 */
export function openSqlite({ file, busyMsMax }: { file: string; busyMsMax: number }): Database {
  const raw = openFile(file)
  const kysely = new Kysely<DatabaseSchema>({ dialect: new PatientSqlite(driverOf(raw), busyMsMax) })
  return Object.freeze<Database>({
    dialect: 'sqlite',
    kysely,
    transaction: (work) => kysely.transaction().execute(work),
    close: () => kysely.destroy(),
  })
}

/**
 * Kysely's dialect with two changes. SQLite changes tables in transactions, and told so, Kysely runs all migrations in one.
 * And a busy file is waited for by a timer: SQLite's own wait would hold up every request of this process.
 */
class PatientSqlite extends SqliteDialect {
  readonly #database: SqliteDatabase
  readonly #busyMsMax: number
  constructor(database: SqliteDatabase, busyMsMax: number) {
    super({ database })
    this.#database = database
    this.#busyMsMax = busyMsMax
  }
  override createDriver(): SqliteDriver {
    const busyMsMax = this.#busyMsMax
    return new (class extends SqliteDriver {
      override async acquireConnection(): Promise<DatabaseConnection> {
        return patientConnection(await super.acquireConnection(), busyMsMax)
      }
    })({ database: this.#database })
  }
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true
      }
    })()
  }
}

function patientConnection(connection: DatabaseConnection, busyMsMax: number): DatabaseConnection {
  return {
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    async executeQuery<R>(query: CompiledQuery) {
      const deadline = performance.now() + busyMsMax
      for (;;) {
        try {
          return await connection.executeQuery<R>(query)
        } catch (error) {
          const busy = error instanceof Error && /database (table )?is locked|busy/i.test(error.message)
          if (!busy || performance.now() > deadline) throw error
          await pause(1 + Math.random() * BUSY_PAUSE_MS_MAX)
        }
      }
    },
  }
}

function openFile(file: string): DatabaseSync {
  let raw: DatabaseSync | undefined
  try {
    raw = new DatabaseSync(file, { timeout: OPEN_BUSY_MS_MAX, enableForeignKeyConstraints: true })
    raw.exec('pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off; pragma busy_timeout = 0')
    return raw
  } catch (cause) {
    raw?.close()
    throw new DatabaseUnreadable({ file, explanation: cause instanceof Error ? cause.message : String(cause) }, { cause })
  }
}

/**
 * `begin immediate`: with SQLite's default a transaction that reads first and writes later fails when another process wrote
 * in between, in half of the cases and whatever the timeout; taking the write lock at once makes it wait instead.
 */
function driverOf(raw: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, StatementSync>()
  const statementOf = (sql: string) => {
    let statement = statements.get(sql)
    if (statement === undefined) {
      if (statements.size >= STATEMENTS_MAX) statements.clear()
      statement = raw.prepare(sql)
      statements.set(sql, statement)
    }
    return statement
  }
  return {
    close: () => raw.close(),
    prepare(sql) {
      const statement = statementOf(sql === 'begin' ? 'begin immediate' : sql)
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...values(parameters)),
        run: (parameters) => statement.run(...values(parameters)),
        iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
      }
    },
  }
}
