/** Runs jobs in this process: takes what is due, renews leases, saves progress, tries again after failures that may pass. */
import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, isFinal } from '../../kernel/errors.ts'
import type { Job } from '../../kernel/job.ts'
import type { Log } from '../../kernel/log.ts'
import { JobCancelled } from './errors.ts'
import type { JobQueue } from './job-queue.ts'
import type { JobFailure, JobRecord } from './job-record.ts'

const POLL_MS = 250
/** Renewing also asks whether the job was cancelled, so it is done often enough for a person who waits. */
const RENEW_MS_MAX = 500
const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 60_000
/** Pause and tries of writing the end of a job while the store is away. */
const END_RETRY_MS = 1_000
const END_TRIES_MAX = 300

/** A kind of job with its own types forgotten; its schemas check what comes from the table. */
export type AnyJob<Services> = Omit<Job<never, never, Services, unknown>, 'input' | 'checkpoint'> & {
  readonly input: z.ZodType
  readonly checkpoint: z.ZodType
}

export interface JobWorkerOptions<Services> {
  readonly queue: JobQueue
  readonly kinds: readonly AnyJob<Services>[]
  readonly services: Services
  readonly parallelMax: number
  readonly leaseMs: number
  readonly clock: Clock
  readonly log: Log
  /** Name of this worker, unique among all processes. */
  readonly worker: string
  /** Told of each end, once. */
  readonly onEnd?: (kind: string, state: 'succeeded' | 'failed' | 'cancelled') => void
}

export interface JobWorker {
  /** Looks for work at once instead of at the next poll. */
  wake(): void
  /** Takes no more, asks what runs to stop, waits, and gives back what did not finish, for the next start. */
  stop(): Promise<void>
}

export function startJobWorker<Services>(options: JobWorkerOptions<Services>): JobWorker {
  const { queue, kinds, leaseMs, worker, log } = options
  const byKind = new Map(kinds.map((kind) => [kind.kind, kind]))
  const stopping = new AbortController()
  const running = new Set<Promise<void>>()
  let looking = false
  let again = false

  const look = async (): Promise<void> => {
    if (looking) return void (again = true)
    looking = true
    try {
      while (!stopping.signal.aborted && running.size < options.parallelMax) {
        const job = await queue.claim([...byKind.keys()], worker, leaseMs)
        if (job === undefined) break
        const work = runJob(job, byKind.get(job.kind)!, options, stopping.signal).finally(() => {
          running.delete(work)
          void look()
        })
        running.add(work)
      }
    } catch (error) {
      log.error('jobs cannot be read', { error: String(error) })
    } finally {
      looking = false
    }
    if (again) {
      again = false
      await look()
    }
  }
  const poll = setInterval(() => void look(), POLL_MS)
  void look()

  return Object.freeze<JobWorker>({
    wake: () => void look(),
    async stop() {
      stopping.abort()
      clearInterval(poll)
      await Promise.allSettled(running)
    },
  })
}

async function runJob<Services>(
  job: JobRecord,
  kind: AnyJob<Services>,
  options: JobWorkerOptions<Services>,
  stopping: AbortSignal,
): Promise<void> {
  const { queue, worker, leaseMs, log } = options
  const stop = new AbortController()
  const onStopping = () => stop.abort('stopping')
  stopping.addEventListener('abort', onStopping)
  const renew = async () => {
    const { held, cancelRequested } = await queue
      .renew(job.id, worker, leaseMs)
      .catch(() => ({ held: true, cancelRequested: false }))
    if (!held) stop.abort('lease lost')
    else if (cancelRequested) stop.abort('cancelled')
  }
  const renewal = setInterval(() => void renew(), Math.min(RENEW_MS_MAX, leaseMs / 3))
  try {
    const settle = await attempt(job, kind, options, stop)
    await insist(settle, stopping)
  } catch (error) {
    // Its lease runs out, and whoever takes it then does it again.
    log.error('the end of a job could not be written', { job: job.id, kind: job.kind, error: String(error) })
  } finally {
    clearInterval(renewal)
    stopping.removeEventListener('abort', onStopping)
  }
}

type Settle = () => Promise<unknown>

/** Does the work, and gives what is to be written of its end. */
async function attempt<Services>(
  job: JobRecord,
  kind: AnyJob<Services>,
  options: JobWorkerOptions<Services>,
  stop: AbortController,
): Promise<Settle> {
  const { queue, worker, clock, log } = options
  try {
    const result = await kind.run(
      {
        jobId: job.id,
        input: kind.input.parse(job.input) as never,
        resumeFrom: (job.checkpoint === undefined ? undefined : kind.checkpoint.parse(job.checkpoint)) as never,
        signal: stop.signal,
        async progress(at) {
          if (!(await queue.progress(job.id, worker, at))) stop.abort('lease lost')
        },
      },
      options.services,
    )
    return () => finish(job, { state: 'succeeded', result }, options)
  } catch (error) {
    if (stop.signal.reason === 'stopping') return () => queue.release(job.id, worker, clock.now(), true)
    if (stop.signal.reason === 'cancelled') return () => finish(job, { state: 'cancelled' }, options)
    if (stop.signal.reason !== 'lease lost') return afterFailure(job, error, options)
    log.warn('job was taken over by another worker', { job: job.id, kind: job.kind })
    return async () => {}
  }
}

/** Writes the end of a job, however long the store is away, within reason: what was done is not to be done again for that. */
async function insist(settle: Settle, stopping: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return void (await settle())
    } catch (error) {
      if (!mayPass(error) || tries === END_TRIES_MAX || stopping.aborted) throw error
      await pause(END_RETRY_MS, undefined, { signal: stopping }).catch(() => {})
    }
}

/** What says of itself that it is not for ever: a database that restarts, a receiver that is busy. */
const mayPass = (error: unknown) => error instanceof AppError && !isFinal(error)

/** An expected failure comes again with the same input, so it is final; anything else may pass and is tried again. */
function afterFailure<Services>(job: JobRecord, error: unknown, options: JobWorkerOptions<Services>): Settle {
  const { queue, worker, clock, log } = options
  if (error instanceof JobCancelled) return () => finish(job, { state: 'cancelled' }, options)
  if (!isFinal(error)) {
    log.error('job failed', {
      job: job.id,
      kind: job.kind,
      attempt: job.attempt,
      error: error instanceof Error ? error.stack : String(error),
    })
    if (job.attempt < job.attemptsMax) return () => queue.release(job.id, worker, clock.now() + retryMs(job.attempt))
  }
  return () => finish(job, { state: 'failed', error: failureOf(error) }, options)
}

async function finish<Services>(
  { id, kind }: JobRecord,
  end: Parameters<JobQueue['finish']>[2],
  { queue, worker, onEnd }: JobWorkerOptions<Services>,
): Promise<void> {
  if (await queue.finish(id, worker, end)) onEnd?.(kind, end.state)
}

/** Doubling with jitter, so that jobs that failed together do not come back together. */
const retryMs = (attempt: number) =>
  Math.round(Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2))

function failureOf(error: unknown): JobFailure {
  if (error instanceof AppError) {
    const { code, message, status, hint, details } = error
    return { code, message, status, hint, details }
  }
  return { code: 'INTERNAL', message: 'This is a bug of the program.', status: 500, hint: 'The log of the server has the stack.' }
}
