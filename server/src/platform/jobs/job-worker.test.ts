import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { systemClock } from '../../kernel/clock.ts'
import { createIds } from '../../kernel/ids.ts'
import { defineJob } from '../../kernel/job.ts'
import { silentLog } from '../../kernel/log.ts'
import type { Database } from '../db/database.ts'
import { DatabaseUnreachable } from '../db/errors.ts'
import { openDatabase } from '../db/open-database.ts'
import { JobNotFound } from './errors.ts'
import { createJobQueue, type JobQueue } from './job-queue.ts'
import { isFinished, type JobRecord } from './job-record.ts'
import { type JobWorker, startJobWorker } from './job-worker.ts'

const away = new DatabaseUnreachable({ address: 'db', explanation: 'it restarts' })
let db: Database
let queue: JobQueue
let worker: JobWorker | undefined

beforeEach(async () => {
  db = await openDatabase({ file: ':memory:', busyMsMax: 1_000 })
  queue = createJobQueue({ db, clock: systemClock, ids: createIds(systemClock) })
})
afterEach(async () => {
  await worker?.stop()
  await db.close()
})

/** Runs one job to its end. */
async function run(store: JobQueue, work: (attempt: number) => Promise<string>, attemptsMax = 1): Promise<JobRecord> {
  let attempt = 0
  const job = defineJob()({
    kind: 'test',
    input: z.null(),
    checkpoint: z.null(),
    attemptsMax,
    run: () => work((attempt += 1)),
  })
  const asked = await queue.enqueue('test', null, { attemptsMax })
  const options = { kinds: [job], services: {}, parallelMax: 1, leaseMs: 60_000, clock: systemClock, log: silentLog }
  worker = startJobWorker({ queue: store, ...options, worker: 'w' })
  for await (const seen of queue.watch(asked.id)) if (isFinished(seen.state)) return seen
  throw new Error('never ended')
}

test('the end of a job is written once the database that was away is back, and the work is not done again', async () => {
  let refusals = 2
  const store: JobQueue = {
    ...queue,
    finish: async (...end) => {
      if (refusals-- > 0) throw away
      return queue.finish(...end)
    },
  }
  const ended = await run(store, async (attempt) => `attempt ${attempt}`)
  expect(ended).toMatchObject({ state: 'succeeded', result: 'attempt 1', attempt: 1 })
})

test('a job that failed for a database that was away is tried again', async () => {
  const work = async (attempt: number) => {
    if (attempt === 1) throw away
    return 'done'
  }
  expect(await run(queue, work, 2)).toMatchObject({ state: 'succeeded', attempt: 2 })
})

test('a failure that would come again is final at the first attempt', async () => {
  const work = async () => Promise.reject(new JobNotFound({ id: 'x' }))
  expect(await run(queue, work, 3)).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'JOB_NOT_FOUND' } })
})
