import { type Kysely, sql } from 'kysely'

const STATES = sql`state in ('waiting', 'snapshot', 'training-warm', 'training-scratch', 'comparing', 'checking', 'releasing',
  'done', 'failed', 'cancelled')`
const DECISIONS = sql`decision in ('promoted', 'recommended', 'kept', 'not-enough-data')`

/** Retrainings, one row each from trigger to decision. A run may now be a part of a job that does more. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('run').addColumn('job', 'text').execute()
  await db.schema
    .createTable('retraining')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('deployment', 'text', (c) => c.notNull().references('deployment.name'))
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull().check(STATES))
    .addColumn('trigger_id', 'text', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('numbers', 'text', (c) => c.notNull())
    .addColumn('champion', 'integer', (c) => c.notNull())
    .addColumn('contract', 'text', (c) => c.notNull())
    .addColumn('contract_digest', 'text', (c) => c.notNull())
    .addColumn('folder', 'text', (c) => c.notNull())
    .addColumn('as_of', 'bigint', (c) => c.notNull())
    .addColumn('training', 'text')
    .addColumn('held_back', 'text')
    .addColumn('warm', 'text')
    .addColumn('scratch', 'text')
    .addColumn('comparison', 'text')
    .addColumn('decision', 'text', (c) => c.check(DECISIONS))
    .addColumn('explanation', 'text')
    .addColumn('winner', 'integer')
    .addColumn('check_id', 'text')
    .addColumn('release_id', 'text')
    .addColumn('failure', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('finished_at', 'bigint')
    .execute()
  await sql`create unique index retraining_open on retraining (deployment) where finished_at is null`.execute(db)
  await db.schema.createIndex('retraining_of_deployment').on('retraining').columns(['deployment', 'id']).execute()
}
