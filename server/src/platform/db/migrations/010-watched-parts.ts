import type { Kysely } from 'kysely'

/** Slices of each window, what a monitor has learnt of a version, and the quality of each span of days. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('monitor_window').addColumn('slices', 'text').execute()
  await db.schema.alterTable('monitor_state').addColumn('learnt', 'text').execute()
  await db.schema
    .createTable('monitor_quality')
    .addColumn('deployment', 'text', (c) => c.notNull())
    .addColumn('from_at', 'bigint', (c) => c.notNull())
    .addColumn('to_at', 'bigint', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('told_in', 'bigint', (c) => c.notNull())
    .addColumn('known_until', 'bigint', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('monitor_quality_key', ['deployment', 'from_at'])
    .execute()
}
