/** Durable work as rows: asked for here, done by a worker that holds a lease of it (job-lease.ts). */
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../db/database.ts'
import { JobNotFound } from './errors.ts'
import { createJobLease, type JobLease } from './job-lease.ts'
import { isFinished, type JobRecord, toJob } from './job-record.ts'

export type { JobProgress } from './job-lease.ts'

const WATCH_STEP_MS = 40

export interface EnqueueOptions {
  readonly attemptsMax?: number
  /** While a job with this key is unfinished, asking again gives that one. */
  readonly uniqueKey?: string
  /** Not before, milliseconds since 1970. */
  readonly runAt?: number
}
export interface JobListRequest {
  readonly limit: number
  /** The id after which the page begins. */
  readonly cursor?: string | undefined
  readonly kind?: string | undefined
}
export interface JobQueue extends JobLease {
  /** Throws JobNotFound. */
  get(id: string): Promise<JobRecord>
  enqueue(kind: string, input: unknown, options?: EnqueueOptions): Promise<JobRecord>
  /** Newest first. */
  list(request: JobListRequest): Promise<JobRecord[]>
  /** Jobs of these kinds that run or could run now. */
  countDue(kinds: readonly string[]): Promise<number>
  /** Asks a running job to stop at its next safe point; one that has not begun never will. */
  cancel(id: string): Promise<JobRecord>
  /** Removes jobs of this kind that succeeded and were asked for before this moment: those that only look leave nothing behind. */
  forget(kind: string, beforeMs: number): Promise<void>
  /** Removes jobs that ended before this moment, however they did; says how many. */
  forgetFinished(beforeMs: number): Promise<number>
  /** The job at each change that is seen, until it is finished. */
  watch(id: string, signal?: AbortSignal): AsyncGenerator<JobRecord>
}

interface Store {
  readonly db: Database
  readonly clock: Clock
}
interface QueueOptions extends Store {
  readonly leaseClock?: Clock
  readonly ids: () => string
}

/** `leaseClock` tells whether a worker still lives: real time, whatever time `clock` has. Default: `clock`. */
export function createJobQueue({ db, clock, leaseClock = clock, ids }: QueueOptions): JobQueue {
  const get = (id: string) => getJob(db, id)
  return Object.freeze<JobQueue>({
    ...createJobLease({ db, clock, leaseClock }),
    get,
    enqueue: (kind, input, options = {}) => enqueueJob({ db, clock }, ids(), kind, input, options),
    async list({ limit, cursor, kind }) {
      let query = db.kysely.selectFrom('job').selectAll().orderBy('id', 'desc').limit(limit)
      if (cursor !== undefined) query = query.where('id', '<', cursor)
      if (kind !== undefined) query = query.where('kind', '=', kind)
      return (await query.execute()).map(toJob)
    },
    async countDue(kinds) {
      const { n } = await db.kysely
        .selectFrom('job')
        .select((eb) => eb.fn.countAll().as('n'))
        .where('kind', 'in', kinds)
        .where((eb) =>
          eb.or([eb('state', '=', 'running'), eb.and([eb('state', '=', 'queued'), eb('run_at', '<=', clock.now())])]),
        )
        .executeTakeFirstOrThrow()
      return Number(n)
    },
    async cancel(id) {
      await db.kysely
        .updateTable('job')
        .set({ state: 'cancelled', finished_at: clock.now(), cancel_requested: 1 })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .execute()
      await db.kysely
        .updateTable('job')
        .set({ cancel_requested: 1 })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute()
      return get(id)
    },
    async forget(kind, beforeMs) {
      await db.kysely
        .deleteFrom('job')
        .where('kind', '=', kind)
        .where('state', '=', 'succeeded')
        .where('created_at', '<', beforeMs)
        .execute()
    },
    async forgetFinished(beforeMs) {
      const { numDeletedRows } = await db.kysely
        .deleteFrom('job')
        .where('state', 'in', ['succeeded', 'failed', 'cancelled'])
        .where('finished_at', '<', beforeMs)
        .executeTakeFirst()
      return Number(numDeletedRows)
    },
    async *watch(id, signal) {
      let stamp = ''
      for (;;) {
        const job = await get(id)
        const now = `${job.state}/${job.done}/${job.total}/${job.note ?? ''}`
        if (now !== stamp) yield job
        if (isFinished(job.state) || signal?.aborted === true) return
        stamp = now
        await new Promise((resolve) => setTimeout(resolve, WATCH_STEP_MS))
      }
    },
  })
}

async function getJob(db: Database, id: string): Promise<JobRecord> {
  const row = await db.kysely.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw new JobNotFound({ id })
  return toJob(row)
}

async function enqueueJob(
  { db, clock }: Store,
  id: string,
  kind: string,
  input: unknown,
  { attemptsMax = 1, uniqueKey, runAt }: EnqueueOptions,
): Promise<JobRecord> {
  const now = clock.now()
  await db.kysely
    .insertInto('job')
    .values({
      id,
      kind,
      state: 'queued',
      input: JSON.stringify(input ?? null),
      attempts_max: attemptsMax,
      run_at: runAt ?? now,
      unique_key: uniqueKey ?? null,
      created_at: now,
      attempt: 0,
      cancel_requested: 0,
      done: 0,
      total: 0,
    } as never)
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const mine = await db.kysely.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst()
  if (mine !== undefined) return toJob(mine)
  const other = db.kysely
    .selectFrom('job')
    .selectAll()
    .where('unique_key', '=', uniqueKey ?? '')
  return toJob(await other.orderBy('created_at', 'desc').executeTakeFirstOrThrow())
}
