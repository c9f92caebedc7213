import type { Database } from './database.ts'

export type DatabaseOptions =
  | { readonly file: string; readonly busyMsMax: number }
  | { readonly url: string; readonly poolMax: number }

/** Opens the store and brings its tables up to date. Throws DatabaseUnreadable, DatabaseUnreachable, DatabaseNewer. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const database =
    'file' in options
      ? (await import('./sqlite/open-sqlite.ts')).openSqlite(options)
      : (await import('./postgres/open-postgres.ts')).openPostgres(options)
  try {
    const { migrate } = await import('./migrations/migrate.ts')
    await migrate(database)
    return database
  } catch (cause) {
    await database.close()
    throw 'url' in options ? await failureOf(options.url, cause) : cause
  }
}

const failureOf = async (url: string, cause: unknown): Promise<unknown> =>
  (await import('./postgres/open-postgres.ts')).connectionFailure(url, cause)
