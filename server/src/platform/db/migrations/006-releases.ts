import { type Kysely, sql } from 'kysely'
import { forbidChange } from './forbid-change.ts'

const ROLES = sql`role in ('answer', 'shadow')`
const STATES = sql`state in ('waiting-for-approval', 'running', 'holding', 'promoted', 'aborted', 'rolled-back')`

/** Versions that share traffic for a while, the history of those that had all of it, and the releases that lead there. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .alterTable('variant')
    .addColumn('role', 'text', (c) => c.notNull().defaultTo('answer').check(ROLES))
    .execute()
  await db.schema.alterTable('variant').addColumn('contract', 'text').execute()
  await db.schema.alterTable('variant').addColumn('contract_digest', 'text').execute()
  await addHistory(db)
  await addReleases(db)
  await db.schema
    .createTable('approval')
    .addColumn('release_id', 'text', (c) => c.notNull().references('release.id'))
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('comment', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('approval_key', ['release_id', 'actor'])
    .execute()
  await forbidChange(db, 'champion')
  await forbidChange(db, 'approval')
}

async function addHistory(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('champion')
    .addColumn('deployment', 'text', (c) => c.notNull().references('deployment.name'))
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('how', 'text', (c) => c.notNull().check(sql`how in ('launch', 'release', 'rollback')`))
    .addColumn('contract', 'text', (c) => c.notNull())
    .addColumn('contract_digest', 'text', (c) => c.notNull())
    .addColumn('check_id', 'text')
    .addColumn('override_reason', 'text')
    .addColumn('began_at', 'bigint', (c) => c.notNull())
    .addColumn('began_by', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('rollback_id', 'text', (c) => c.unique())
    .addPrimaryKeyConstraint('champion_key', ['deployment', 'revision'])
    .execute()
  await sql`insert into champion (deployment, revision, version, how, contract, contract_digest, check_id, override_reason,
      began_at, began_by)
    select d.name, d.revision, v.version, 'launch', d.contract, d.contract_digest, v.check_id, v.override_reason,
      v.launched_at, v.launched_by
    from variant v join deployment d on d.name = v.deployment where v.name = 'champion'`.execute(db)
}

async function addReleases(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('release')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('deployment', 'text', (c) => c.notNull().references('deployment.name'))
    .addColumn('model', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('champion', 'integer', (c) => c.notNull())
    .addColumn('contract', 'text', (c) => c.notNull())
    .addColumn('contract_digest', 'text', (c) => c.notNull())
    .addColumn('check_id', 'text')
    .addColumn('override_reason', 'text')
    .addColumn('state', 'text', (c) => c.notNull().check(STATES))
    .addColumn('step', 'integer', (c) => c.notNull())
    .addColumn('steps', 'text', (c) => c.notNull())
    .addColumn('approvals_needed', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .addColumn('reason', 'text')
    .addColumn('updated_at', 'bigint', (c) => c.notNull())
    .addColumn('updated_by', 'text', (c) => c.notNull())
    .addColumn('explanation', 'text')
    .addColumn('finished_at', 'bigint')
    .addForeignKeyConstraint('release_version', ['model', 'version'], 'version', ['model', 'version'])
    .execute()
  await sql`create unique index release_open on release (deployment) where finished_at is null`.execute(db)
  await db.schema.createIndex('release_of_deployment').on('release').columns(['deployment', 'id']).execute()
  await db.schema
    .createTable('release_step')
    .addColumn('release_id', 'text', (c) => c.notNull().references('release.id'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('step', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('counted_from', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('outcome', 'text')
    .addColumn('analysis', 'text')
    .addColumn('counts', 'text')
    .addColumn('shift_accepted_by', 'text')
    .addPrimaryKeyConstraint('release_step_key', ['release_id', 'position'])
    .execute()
}
