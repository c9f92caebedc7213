/**
 * The record of runs. A run has the id of the job that does it, or names that job when the job does more than train, so that
 * the work and its record find each other: whoever asked for a training looks its run up at once, an attempt that follows a
 * crash goes on with the same run, and a run whose job is over without it is known to be abandoned.
 *
 *     (none) --begin--> running --succeed | fail | cancel--> ended, for ever
 *                       |     ^
 *            interrupt  v     | begin again: the server stopped or died, the job comes back
 *                       queued
 */
import type { Selectable } from 'kysely'
import type { Clock } from '../../../kernel/clock.ts'
import type { Authorship, PageRequest } from '../../../kernel/page.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { RunTable } from '../../../platform/db/schema.ts'
import type { JobFailure } from '../../../platform/jobs/job-record.ts'
import { RunAbandoned, RunEnded, RunNotFound } from './errors.ts'
import type { RunRecord, RunRepository, RunState } from './run.ts'

/** What made the version: the contract's command. Other origins may keep runs in the same table. */
const TRAINER = 'command'
const UNFINISHED = ['queued', 'running']
const FAILURE_LENGTH_MAX = 8_000

export interface RunBeginning {
  readonly id: string
  /** The job that does it. Default: the one with the id of the run. */
  readonly jobId?: string | undefined
  readonly model: string
  readonly command: string
  readonly seed: number
  readonly snapshotDigest: string
  readonly parentVersion?: number | undefined
}
/** What is known of a run at its end, whichever it is. */
export interface RunFindings {
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly metrics?: Readonly<Record<string, number>>
  readonly environment?: unknown
  readonly logDigest?: string | undefined
}
export interface RunKeeper extends RunRepository {
  find(id: string): Promise<RunRecord | undefined>
  /** Records a new run as running. One that is there and unfinished goes on as it was begun; throws RunEnded otherwise. */
  begin(run: RunBeginning, by: Authorship): Promise<RunRecord>
  /** The four ends and the pause throw RunNotFound, and RunEnded when the run has ended before. */
  succeed(id: string, version: number, findings: RunFindings, by: Authorship): Promise<RunRecord>
  fail(id: string, failure: { code: string; message: string }, findings: RunFindings, by: Authorship): Promise<RunRecord>
  cancel(id: string, findings: RunFindings, by: Authorship): Promise<RunRecord>
  /** The server stops; the job will come back. */
  interrupt(id: string): Promise<RunRecord>
  /** Ends the runs whose jobs are over without them: failed or cancelled as their job is. Gives how many. */
  closeAbandoned(): Promise<number>
}
interface Store {
  readonly db: Database
  readonly clock: Clock
  readonly audit?: AuditTrail | undefined
}

export function createRunRepository(store: Store): RunKeeper {
  const { db } = store
  const find = async (id: string) => {
    const row = await db.kysely.selectFrom('run').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? undefined : toRun(row)
  }
  return Object.freeze<RunKeeper>({
    find,
    async get(id) {
      const run = await find(id)
      if (run === undefined) throw new RunNotFound({ id: id.slice(0, 80) })
      return run
    },
    list: (model, page) => listRuns(db, model, page),
    begin: (run, by) => beginRun(store, run, by),
    succeed: (id, version, findings, by) => endRun(store, id, { state: 'succeeded', version, ...columnsOf(findings) }, by),
    fail(id, { code, message }, findings, by) {
      const failure = JSON.stringify({ code, message: message.slice(0, FAILURE_LENGTH_MAX) })
      return endRun(store, id, { state: 'failed', failure, ...columnsOf(findings) }, by)
    },
    cancel: (id, findings, by) => endRun(store, id, { state: 'cancelled', ...columnsOf(findings) }, by),
    interrupt: (id) => db.transaction((tx) => change(tx, id, { state: 'queued' })),
    closeAbandoned: () => closeAbandoned(store),
  })
}

/** Ids sort by time, and those of one moment by their counter, so they are order and cursor in one. */
async function listRuns(db: Database, model: string, { limit, cursor }: PageRequest) {
  let query = db.kysely.selectFrom('run').selectAll().where('model', '=', model)
  if (cursor !== undefined) query = query.where('id', '<', cursor)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(toRun)
  return { items, ...(rows.length > limit ? { next: items.at(-1)!.id } : {}) }
}

async function beginRun({ db, clock, audit }: Store, run: RunBeginning, by: Authorship): Promise<RunRecord> {
  return db.transaction(async (tx) => {
    const now = clock.now()
    const inserted = await tx
      .insertInto('run')
      .values({
        id: run.id,
        model: run.model,
        state: 'running',
        trainer: TRAINER,
        command: run.command.toWellFormed(),
        seed: run.seed,
        snapshot_digest: run.snapshotDigest,
        parent_version: run.parentVersion ?? null,
        parameters: '{}',
        metrics: '{}',
        environment: '{}',
        created_at: now,
        started_at: now,
        job: run.jobId ?? null,
      })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returningAll()
      .executeTakeFirst()
    if (inserted === undefined) return change(tx, run.id, { state: 'running', started_at: now })
    const { id, command, seed } = run
    await audit?.append(tx, { action: 'run.begin', subject: subjectOf(inserted), ...by, after: { run: id, command, seed } })
    return toRun(inserted)
  })
}

type Change = Partial<Omit<RunTable, 'id' | 'state'>> & { readonly state: RunState }

async function endRun({ db, clock, audit }: Store, id: string, to: Change, by: Authorship): Promise<RunRecord> {
  return db.transaction(async (tx) => {
    const run = await change(tx, id, { ...to, finished_at: clock.now() })
    const { state, version, failure } = run
    const after = { run: id, state, version, failure: failure?.code }
    await audit?.append(tx, { action: 'run.end', subject: subjectOf(run), ...by, after })
    return run
  })
}

async function change(tx: Tx, id: string, to: Change): Promise<RunRecord> {
  const row = await tx
    .updateTable('run')
    .set(to)
    .where('id', '=', id)
    .where('state', 'in', UNFINISHED)
    .returningAll()
    .executeTakeFirst()
  if (row !== undefined) return toRun(row)
  const there = await tx.selectFrom('run').select('state').where('id', '=', id).executeTakeFirst()
  throw there === undefined ? new RunNotFound({ id: id.slice(0, 80) }) : new RunEnded({ id, state: there.state })
}

async function closeAbandoned(store: Store): Promise<number> {
  const rows = await store.db.kysely
    .selectFrom('run')
    .leftJoin('job', (join) => join.on((eb) => eb('job.id', '=', eb.fn.coalesce('run.job', 'run.id'))))
    .select(['run.id', 'job.state as jobState', 'job.error as jobError'])
    .where('run.trainer', '=', TRAINER)
    .where('run.state', 'in', UNFINISHED)
    .where((eb) => eb.or([eb('job.state', 'is', null), eb('job.state', 'not in', UNFINISHED)]))
    .execute()
  for (const { id, jobState, jobError } of rows) {
    const { code, message } = jobError === null ? new RunAbandoned({ id }) : (JSON.parse(jobError) as JobFailure)
    const failure = jobState === 'cancelled' ? {} : { failure: JSON.stringify({ code, message }) }
    const state = jobState === 'cancelled' ? 'cancelled' : 'failed'
    // Another process may have closed it meanwhile.
    await endRun(store, id, { state, ...failure }, { actor: 'seaworthy' }).catch((error: unknown) => {
      if (!(error instanceof RunEnded)) throw error
    })
  }
  return rows.length
}

const subjectOf = ({ model }: { model: string }) => `model/${model}`

function columnsOf({ parameters, metrics, environment, logDigest }: RunFindings): Partial<Omit<RunTable, 'state'>> {
  return {
    ...(parameters === undefined ? {} : { parameters: JSON.stringify(parameters) }),
    ...(metrics === undefined ? {} : { metrics: JSON.stringify(metrics) }),
    ...(environment === undefined ? {} : { environment: JSON.stringify(environment) }),
    ...(logDigest === undefined ? {} : { log_digest: logDigest }),
  }
}

function toRun(row: Selectable<RunTable>): RunRecord {
  return Object.freeze<RunRecord>({
    id: row.id,
    model: row.model,
    state: row.state as RunState,
    command: row.command,
    seed: row.seed,
    ...(row.snapshot_digest === null ? {} : { snapshotDigest: row.snapshot_digest }),
    ...(row.parent_version === null ? {} : { parentVersion: row.parent_version }),
    ...(row.version === null ? {} : { version: row.version }),
    parameters: JSON.parse(row.parameters) as RunRecord['parameters'],
    metrics: JSON.parse(row.metrics) as RunRecord['metrics'],
    environment: JSON.parse(row.environment) as unknown,
    ...(row.failure === null ? {} : { failure: JSON.parse(row.failure) as NonNullable<RunRecord['failure']> }),
    ...(row.log_digest === null ? {} : { logDigest: row.log_digest }),
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  })
}
