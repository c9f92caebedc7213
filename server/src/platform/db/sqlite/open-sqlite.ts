import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteAdapter, SqliteDialect, type SqliteDatabase } from 'kysely'
import { DatabaseUnreadable } from '../errors.ts'
import type { Database } from '../database.ts'
import type { DatabaseSchema } from '../schema.ts'

const STATEMENTS_MAX = 500

/**
 * One connection: SQLite has one writer, and reads beside it in one process gain nothing. Kysely's driver hands it out to
 * one user at a time, so nothing slips into a transaction of somebody else.
 */
export function openSqlite({ file, busyMsMax }: { file: string; busyMsMax: number }): Database {
  const raw = openFile(file, busyMsMax)
  const kysely = new Kysely<DatabaseSchema>({ dialect: new TransactionalSqlite({ database: driverOf(raw) }) })
  return Object.freeze<Database>({
    dialect: 'sqlite',
    kysely,
    transaction: (work) => kysely.transaction().execute(work),
    close: () => kysely.destroy(),
  })
}

/** SQLite changes tables in transactions; told so, Kysely runs all migrations in one, and a kill in between leaves nothing half-made. */
class TransactionalSqlite extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new (class extends SqliteAdapter {
      override get supportsTransactionalDdl(): boolean {
        return true
      }
    })()
  }
}

function openFile(file: string, busyMsMax: number): DatabaseSync {
  let raw: DatabaseSync | undefined
  try {
    raw = new DatabaseSync(file, { timeout: busyMsMax, enableForeignKeyConstraints: true })
    raw.exec('pragma journal_mode = wal; pragma synchronous = full; pragma trusted_schema = off')
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
