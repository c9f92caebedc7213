import type { Selectable } from 'kysely'
import type { JobTable } from '../db/schema.ts'

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** Why a job failed, as its watchers see it. */
export interface JobFailure {
  readonly code: string
  readonly message: string
  /** HTTP status of the error; failures that were kept before it was have none. */
  readonly status?: number
  readonly hint?: string
  readonly details?: unknown
}

export interface JobRecord {
  readonly id: string
  readonly kind: string
  readonly state: JobState
  readonly input: unknown
  readonly checkpoint: unknown
  readonly result: unknown
  readonly error: JobFailure | undefined
  /** Work done, of `total`; `total` 0 is unknown. */
  readonly done: number
  readonly total: number
  readonly note: string | undefined
  readonly attempt: number
  readonly attemptsMax: number
  readonly cancelRequested: boolean
  readonly createdAt: number
  readonly finishedAt: number | undefined
}

export const isFinished = (state: JobState) => state === 'succeeded' || state === 'failed' || state === 'cancelled'

const parsed = (text: string | null): unknown => (text === null ? undefined : (JSON.parse(text) as unknown))

export const toJob = (row: Selectable<JobTable>): JobRecord =>
  Object.freeze({
    id: row.id,
    kind: row.kind,
    state: row.state as JobState,
    input: parsed(row.input),
    checkpoint: parsed(row.checkpoint),
    result: parsed(row.result),
    error: parsed(row.error) as JobFailure | undefined,
    done: row.done,
    total: row.total,
    note: row.note ?? undefined,
    attempt: row.attempt,
    attemptsMax: row.attempts_max,
    cancelRequested: row.cancel_requested !== 0,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
  })
