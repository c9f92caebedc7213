/**
 * The worker's side of the queue. A worker takes a row by a lease and renews it while it works; a worker that dies stops
 * renewing, and the row is taken again with its last checkpoint. Every change names the worker that made it, so that one
 * which was only slow, and lost its lease, cannot overwrite the work of its successor.
 */
import { sql } from 'kysely'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../db/database.ts'
import { JobAbandoned } from './errors.ts'
import { type JobFailure, type JobRecord, toJob } from './job-record.ts'

export interface JobProgress {
  readonly done: number
  readonly total: number
  readonly note?: string
  readonly checkpoint?: unknown
}
export type JobEnd =
  | { readonly state: 'succeeded'; readonly result: unknown }
  | { readonly state: 'failed'; readonly error: JobFailure }
  | { readonly state: 'cancelled' }

export interface JobLease {
  /** Takes the job that is due longest, or one whose worker is gone. */
  claim(kinds: readonly string[], worker: string, leaseMs: number): Promise<JobRecord | undefined>
  /** Renews the lease. Says whether the job is still this worker's, and whether it should stop. */
  renew(id: string, worker: string, leaseMs: number): Promise<{ held: boolean; cancelRequested: boolean }>
  /** False when the job is no longer this worker's; so also for `finish` and `release`. */
  progress(id: string, worker: string, at: JobProgress): Promise<boolean>
  finish(id: string, worker: string, end: JobEnd): Promise<boolean>
  /** Puts it back, to be tried again not before `runAt`. `sameAttempt` when it was not the job's fault that it stopped. */
  release(id: string, worker: string, runAt: number, sameAttempt?: boolean): Promise<boolean>
}

export function createJobLease({ db, clock, leaseClock }: { db: Database; clock: Clock; leaseClock: Clock }): JobLease {
  const held = (id: string, worker: string) =>
    db.kysely.updateTable('job').where('id', '=', id).where('worker', '=', worker).where('state', '=', 'running')
  const finish = (id: string, worker: string, end: JobEnd): Promise<boolean> =>
    changed(
      held(id, worker).set({
        state: end.state,
        result: end.state === 'succeeded' ? JSON.stringify(end.result ?? null) : null,
        error: end.state === 'failed' ? JSON.stringify(end.error) : null,
        finished_at: clock.now(),
        lease_until: null,
      }),
    )

  return Object.freeze<JobLease>({
    finish,
    async claim(kinds, worker, leaseMs) {
      const job = await takeDue(db, { kinds, worker, leaseMs, now: clock.now(), leaseNow: leaseClock.now() })
      if (job === undefined) return undefined
      if (job.cancelRequested) {
        await finish(job.id, worker, { state: 'cancelled' })
        return undefined
      }
      if (job.attempt <= job.attemptsMax) return job
      const { code, message, status, hint } = new JobAbandoned({ id: job.id, attempts: job.attemptsMax })
      await finish(job.id, worker, { state: 'failed', error: { code, message, status, hint } })
      return undefined
    },
    async renew(id, worker, leaseMs) {
      const row = await held(id, worker)
        .set({ lease_until: leaseClock.now() + leaseMs })
        .returning('cancel_requested')
        .executeTakeFirst()
      return { held: row !== undefined, cancelRequested: row?.cancel_requested === 1 }
    },
    progress(id, worker, { done, total, note, checkpoint }) {
      const kept = checkpoint === undefined ? {} : { checkpoint: JSON.stringify(checkpoint) }
      return changed(held(id, worker).set({ done, total, note: note ?? null, ...kept }))
    },
    release(id, worker, runAt, sameAttempt = false) {
      const attempt = sameAttempt ? { attempt: sql<number>`attempt - 1` } : {}
      return changed(held(id, worker).set({ state: 'queued', worker: null, lease_until: null, run_at: runAt, ...attempt }))
    },
  })
}

const changed = async (query: { executeTakeFirst(): Promise<{ numUpdatedRows: bigint }> }) =>
  (await query.executeTakeFirst()).numUpdatedRows > 0n

interface Taking {
  readonly kinds: readonly string[]
  readonly worker: string
  readonly leaseMs: number
  readonly now: number
  readonly leaseNow: number
}

async function takeDue(db: Database, { kinds, worker, leaseMs, now, leaseNow }: Taking): Promise<JobRecord | undefined> {
  if (kinds.length === 0) return undefined
  const due = db.kysely
    .selectFrom('job')
    .select('id')
    .where('kind', 'in', kinds)
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'queued'), eb('run_at', '<=', now)]),
        eb.and([eb('state', '=', 'running'), eb('lease_until', '<', leaseNow)]),
      ]),
    )
    .orderBy('run_at')
    .orderBy('id')
    .limit(1)
  const row = await db.kysely
    .updateTable('job')
    .set({ state: 'running', worker, lease_until: leaseNow + leaseMs, attempt: sql<number>`attempt + 1` })
    // `=` and not `in`: PostgreSQL may ask a question behind `in` once a row, and each answer would be another job, taken and left.
    .where('id', '=', db.dialect === 'postgres' ? due.forUpdate().skipLocked() : due)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? undefined : toJob(row)
}
