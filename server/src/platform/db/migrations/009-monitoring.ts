import type { Kysely } from 'kysely'

/** What monitoring keeps of each window, and how far it has come. Profiles merge, so that any span is a sum of these rows. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('monitor_window')
    .addColumn('deployment', 'text', (c) => c.notNull())
    .addColumn('from_at', 'bigint', (c) => c.notNull())
    .addColumn('to_at', 'bigint', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('rows', 'bigint', (c) => c.notNull())
    .addColumn('profile', 'text')
    .addColumn('summary', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('monitor_window_key', ['deployment', 'from_at'])
    .execute()
  await db.schema
    .createTable('monitor_state')
    .addColumn('deployment', 'text', (c) => c.primaryKey())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('watched_until', 'bigint', (c) => c.notNull())
    .addColumn('judged_until', 'bigint', (c) => c.notNull())
    .addColumn('predictions', 'text')
    .execute()
}
