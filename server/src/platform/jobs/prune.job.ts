import { z } from 'zod'
import type { Clock } from '../../kernel/clock.ts'
import { defineJob } from '../../kernel/job.ts'
import type { JobQueue } from './job-queue.ts'

const DAY_MS = 86_400_000
/** Work that the clock asks for every few minutes says nothing any more after this time, if it went well. */
const ROUTINE_KEEP_MS = DAY_MS
const ROUTINE = ['operations.monitor', 'journal.compact', 'jobs.prune']

export interface PruneServices {
  readonly queue: Pick<JobQueue, 'forget' | 'forgetFinished'>
  readonly clock: Clock
  readonly jobsKeepDays: number
}

/** Forgets jobs that ended long ago. What they made stays: it is kept by those who made it. */
export const pruneJob = defineJob<PruneServices>()({
  kind: 'jobs.prune',
  input: z.strictObject({}),
  checkpoint: z.null(),
  attemptsMax: 1,
  async run(_, { queue, clock, jobsKeepDays }) {
    for (const kind of ROUTINE) await queue.forget(kind, clock.now() - ROUTINE_KEEP_MS)
    return { forgotten: await queue.forgetFinished(clock.now() - jobsKeepDays * DAY_MS) }
  },
})
