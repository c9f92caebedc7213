/**
 * Durable work as rows. A worker takes a row by a lease and renews it while it works; a worker that dies stops renewing, and
 * the row is taken again with its last checkpoint. Every change names the worker that made it, so that one which was
 * only slow, and lost its lease, cannot overwrite the work of its successor.
 */
import { sql } from 'kysely'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../db/database.ts'
import { JobAbandoned, JobNotFound } from './errors.ts'
import { isFinished, type JobFailure, type JobRecord, toJob } from './job-record.ts'

const WATCH_STEP_MS = 40

export interface EnqueueOptions {
  readonly attemptsMax?: number
  /** While a job with this key is unfinished, asking again gives that one. */
  readonly uniqueKey?: string
  /** Not before, milliseconds since 1970. */
  readonly runAt?: number
}
export interface JobProgress {
  readonly done: number
  readonly total: number
  readonly note?: string
  readonly checkpoint?: unknown
}
export type JobQueue = ReturnType<typeof createJobQueue>

export function createJobQueue({ db, clock, ids }: { db: Database; clock: Clock; ids: () => string }) {
  const get = async (id: string): Promise<JobRecord> => {
    const row = await db.kysely.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw new JobNotFound({ id })
    return toJob(row)
  }
  const held = (id: string, worker: string) =>
    db.kysely.updateTable('job').where('id', '=', id).where('worker', '=', worker).where('state', '=', 'running')
  const changed = async (query: { executeTakeFirst(): Promise<{ numUpdatedRows: bigint }> }) =>
    (await query.executeTakeFirst()).numUpdatedRows > 0n

  return Object.freeze({
    get,
    async enqueue(kind: string, input: unknown, options: EnqueueOptions = {}): Promise<JobRecord> {
      const now = clock.now()
      const id = ids()
      await db.kysely
        .insertInto('job')
        .values({
          id,
          kind,
          state: 'queued',
          input: JSON.stringify(input ?? null),
          attempts_max: options.attemptsMax ?? 1,
          run_at: options.runAt ?? now,
          unique_key: options.uniqueKey ?? null,
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
        .where('unique_key', '=', options.uniqueKey ?? '')
      const row = await other.orderBy('created_at', 'desc').executeTakeFirstOrThrow()
      return toJob(row)
    },

    /** Newest first. `cursor` is the id after which the page begins. */
    async list({
      limit,
      cursor,
      kind,
    }: {
      limit: number
      cursor?: string | undefined
      kind?: string | undefined
    }): Promise<JobRecord[]> {
      let query = db.kysely.selectFrom('job').selectAll().orderBy('id', 'desc').limit(limit)
      if (cursor !== undefined) query = query.where('id', '<', cursor)
      if (kind !== undefined) query = query.where('kind', '=', kind)
      return (await query.execute()).map(toJob)
    },

    /** Asks a running job to stop at its next safe point; one that has not begun never will. */
    async cancel(id: string): Promise<JobRecord> {
      const now = clock.now()
      await db.kysely
        .updateTable('job')
        .set({ state: 'cancelled', finished_at: now, cancel_requested: 1 })
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

    /** Takes the job that is due longest, or one whose worker is gone. */
    async claim(kinds: readonly string[], worker: string, leaseMs: number): Promise<JobRecord | undefined> {
      if (kinds.length === 0) return undefined
      const now = clock.now()
      const due = db.kysely
        .selectFrom('job')
        .select('id')
        .where('kind', 'in', kinds)
        .where((eb) =>
          eb.or([
            eb.and([eb('state', '=', 'queued'), eb('run_at', '<=', now)]),
            eb.and([eb('state', '=', 'running'), eb('lease_until', '<', now)]),
          ]),
        )
        .orderBy('run_at')
        .orderBy('id')
        .limit(1)
      const row = await db.kysely
        .updateTable('job')
        .set({ state: 'running', worker, lease_until: now + leaseMs, attempt: sql<number>`attempt + 1` })
        .where('id', 'in', db.dialect === 'postgres' ? due.forUpdate().skipLocked() : due)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) return undefined
      const job = toJob(row)
      if (job.cancelRequested) {
        await this.finish(job.id, worker, { state: 'cancelled' })
        return undefined
      }
      if (job.attempt <= job.attemptsMax) return job
      const { code, message, hint } = new JobAbandoned({ id: job.id, attempts: job.attemptsMax })
      await this.finish(job.id, worker, { state: 'failed', error: { code, message, hint } })
      return undefined
    },

    /** Renews the lease. Says whether the job is still this worker's, and whether it should stop. */
    async renew(id: string, worker: string, leaseMs: number): Promise<{ held: boolean; cancelRequested: boolean }> {
      const row = await held(id, worker)
        .set({ lease_until: clock.now() + leaseMs })
        .returning('cancel_requested')
        .executeTakeFirst()
      return { held: row !== undefined, cancelRequested: row?.cancel_requested === 1 }
    },

    progress(id: string, worker: string, { done, total, note, checkpoint }: JobProgress): Promise<boolean> {
      const kept = checkpoint === undefined ? {} : { checkpoint: JSON.stringify(checkpoint) }
      return changed(held(id, worker).set({ done, total, note: note ?? null, ...kept }))
    },

    finish(
      id: string,
      worker: string,
      end: { state: 'succeeded'; result: unknown } | { state: 'failed'; error: JobFailure } | { state: 'cancelled' },
    ): Promise<boolean> {
      return changed(
        held(id, worker).set({
          state: end.state,
          result: end.state === 'succeeded' ? JSON.stringify(end.result ?? null) : null,
          error: end.state === 'failed' ? JSON.stringify(end.error) : null,
          finished_at: clock.now(),
          lease_until: null,
        }),
      )
    },

    /** Puts it back, to be tried again not before `runAt`. `sameAttempt` when it was not the job's fault that it stopped. */
    release(id: string, worker: string, runAt: number, sameAttempt = false): Promise<boolean> {
      const attempt = sameAttempt ? { attempt: sql<number>`attempt - 1` } : {}
      return changed(held(id, worker).set({ state: 'queued', worker: null, lease_until: null, run_at: runAt, ...attempt }))
    },

    /** The job at each change that is seen, until it is finished. */
    async *watch(id: string, signal?: AbortSignal): AsyncGenerator<JobRecord> {
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
