import { type Kysely, PostgresAdapter, sql } from 'kysely'

/** Makes a table append-only in the database itself, whatever the program above it does. */
export async function forbidChange(db: Kysely<never>, table: string): Promise<void> {
  const message = `${table} is append-only`
  if (db.getExecutor().adapter instanceof PostgresAdapter) {
    await sql`create function ${sql.ref(`${table}_is_append_only`)}() returns trigger language plpgsql as
      ${sql.lit(`begin raise exception '${message}'; end`)}`.execute(db)
    await sql`create trigger ${sql.ref(`${table}_append_only`)} before update or delete or truncate on ${sql.table(table)}
      execute function ${sql.ref(`${table}_is_append_only`)}()`.execute(db)
    return
  }
  for (const change of ['update', 'delete'])
    await sql`create trigger ${sql.ref(`${table}_no_${change}`)} before ${sql.raw(change)} on ${sql.table(table)}
      begin select raise(abort, ${sql.lit(message)}); end`.execute(db)
}
