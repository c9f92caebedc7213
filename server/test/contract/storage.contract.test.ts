/** One suite for both stores of metadata: what holds on SQLite holds on PostgreSQL. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createManualClock, systemClock } from '../../src/kernel/clock.ts'
import { createIds } from '../../src/kernel/ids.ts'
import { defineJob } from '../../src/kernel/job.ts'
import { silentLog } from '../../src/kernel/log.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { openDatabase } from '../../src/platform/db/open-database.ts'
import { createJobQueue } from '../../src/platform/jobs/job-queue.ts'
import { isFinished } from '../../src/platform/jobs/job-record.ts'
import { type AnyJob, startJobWorker } from '../../src/platform/jobs/job-worker.ts'
import { createScheduler } from '../../src/platform/scheduler/scheduler.ts'
import { type PostgresServer, startPostgres } from '../fixtures/postgres-server.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-storage-'))
let postgres: PostgresServer | undefined
beforeAll(async () => void (postgres = await startPostgres()), 60_000)
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
const stores = {
  sqlite: async () => ({ file: path.join(folder, `${(count += 1)}.sqlite`), busyMsMax: 10_000 }),
  postgres: async () => (postgres === undefined ? undefined : { url: await postgres.createDatabase(), poolMax: 8 }),
}

describe.each(Object.entries(stores))('metadata in %s', (_, place) => {
  /** Runs a test on an empty store, twice opened, as two programs would. */
  const on = (run: (first: Database, second: Database) => Promise<void>) => async (context: { skip(note: string): void }) => {
    const options = await place()
    if (options === undefined) return context.skip('no PostgreSQL here')
    const [first, second] = await Promise.all([openDatabase(options), openDatabase(options)])
    try {
      await run(first, second)
    } finally {
      await Promise.all([first.close(), second.close()])
    }
  }
  const putModel = (db: Database, name: string) =>
    db.kysely.insertInto('model').values({ name, created_at: 1, version_last: 0 }).execute()

  test(
    'two programs that start at once make the tables once',
    on(async (first, second) => {
      await putModel(first, 'a')
      expect(await second.kysely.selectFrom('model').select('name').execute()).toEqual([{ name: 'a' }])
    }),
  )

  test('a database of a newer program is refused', async (context) => {
    const options = await place()
    if (options === undefined) return context.skip('no PostgreSQL here')
    const db = await openDatabase(options)
    await db.kysely
      .insertInto('kysely_migration' as never)
      .values({ name: '999-future', timestamp: '2030-01-01' } as never)
      .execute()
    await db.close()
    await expect(openDatabase(options)).rejects.toMatchObject({ code: 'DATABASE_NEWER' })
  })

  test(
    'a transaction is done wholly or not at all',
    on(async (first) => {
      await expect(
        first.transaction(async (tx) => {
          await tx.insertInto('model').values({ name: 'half', created_at: 1, version_last: 0 }).execute()
          throw new Error('stop')
        }),
      ).rejects.toThrow('stop')
      expect(await first.kysely.selectFrom('model').selectAll().execute()).toEqual([])
    }),
  )

  test(
    'a counter raised by many at once in two programs has no gap and no double',
    on(async (first, second) => {
      await putModel(first, 'busy')
      const raise = (db: Database) =>
        db.transaction(async (tx) => {
          const row = await tx
            .updateTable('model')
            .set((eb) => ({ version_last: eb('version_last', '+', 1) }))
            .where('name', '=', 'busy')
            .returning('version_last')
            .executeTakeFirstOrThrow()
          return row.version_last
        })
      const numbers = await Promise.all(Array.from({ length: 60 }, (_, i) => raise(i % 2 === 0 ? first : second)))
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1))
    }),
  )

  test(
    'references hold, and versions, reports and audit entries cannot be changed',
    on(async (db) => {
      const version = {
        model: 'm',
        version: 1,
        digest: 'd',
        format: 'onnx',
        bytes: 2 ** 40,
        run_id: null,
        created_at: 1_700_000_000_000,
        created_by: 'x',
        content_digest: null,
      }
      await expect(db.kysely.insertInto('version').values(version).execute()).rejects.toThrow()
      await putModel(db, 'm')
      await db.kysely.insertInto('version').values(version).execute()
      expect(await db.kysely.selectFrom('version').selectAll().execute()).toEqual([version])
      await expect(db.kysely.updateTable('version').set({ format: 'other' }).execute()).rejects.toThrow(/append-only/)
      await expect(db.kysely.deleteFrom('version').execute()).rejects.toThrow(/append-only/)
      const entry = {
        sequence: 1,
        time: 1,
        actor: 'a',
        action: 'b',
        subject: 'c',
        before: null,
        after: null,
        reason: null,
        previous_hash: 'x',
        hash: 'y',
      }
      await db.kysely.insertInto('audit_entry').values(entry).execute()
      await expect(db.kysely.updateTable('audit_entry').set({ actor: 'other' }).execute()).rejects.toThrow(/append-only/)
      await expect(db.kysely.deleteFrom('audit_entry').execute()).rejects.toThrow(/append-only/)
    }),
  )

  describe('jobs', () => {
    const ids = createIds()
    const countTo = defineJob<{ seen: number[] }>()({
      kind: 'count',
      input: z.object({ to: z.number(), pauseMs: z.number().default(0) }),
      checkpoint: z.object({ at: z.number() }),
      attemptsMax: 3,
      async run({ input, resumeFrom, progress, signal }, { seen }) {
        for (let at = resumeFrom?.at ?? 0; at < input.to; at++) {
          signal.throwIfAborted()
          seen.push(at)
          await progress({ done: at + 1, total: input.to, checkpoint: { at: at + 1 } })
          if (input.pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, input.pauseMs))
        }
        return { counted: input.to }
      },
    })
    const startWorker = (db: Database, kinds: readonly unknown[], worker = 'one', seen: number[] = []) => {
      const queue = createJobQueue({ db, clock: systemClock, ids })
      const options = { queue, services: { seen }, parallelMax: 2, leaseMs: 600, clock: systemClock, log: silentLog, worker }
      return { queue, seen, worker: startJobWorker({ ...options, kinds: kinds as AnyJob<{ seen: number[] }>[] }) }
    }
    const ended = async (queue: ReturnType<typeof createJobQueue>, id: string) => {
      for await (const job of queue.watch(id)) if (isFinished(job.state)) return job
      throw new Error('never ended')
    }

    test(
      'a job runs, tells its progress and keeps its result',
      on(async (db) => {
        const { queue, worker } = startWorker(db, [countTo])
        const job = await queue.enqueue('count', { to: 3 })
        expect(await ended(queue, job.id)).toMatchObject({
          state: 'succeeded',
          result: { counted: 3 },
          done: 3,
          total: 3,
          attempt: 1,
        })
        await worker.stop()
      }),
    )

    test(
      'a stopped worker gives its job back, and the next goes on from the checkpoint',
      on(async (first, second) => {
        const one = startWorker(first, [countTo], 'one')
        const job = await one.queue.enqueue('count', { to: 30, pauseMs: 10 })
        while ((await one.queue.get(job.id)).done < 5) await new Promise((resolve) => setTimeout(resolve, 5))
        await one.worker.stop()
        expect(await one.queue.get(job.id)).toMatchObject({ state: 'queued', attempt: 0 })
        const two = startWorker(second, [countTo], 'two')
        expect(await ended(two.queue, job.id)).toMatchObject({ state: 'succeeded', attempt: 1 })
        expect(two.seen[0]).toBeGreaterThanOrEqual(5)
        await two.worker.stop()
      }),
    )

    test(
      'a job whose worker died is taken again when its lease is over, and given up after its attempts',
      on(async (db) => {
        const clock = createManualClock(1_000)
        const queue = createJobQueue({ db, clock, ids })
        const { id } = await queue.enqueue('count', { to: 1 }, { attemptsMax: 2 })
        expect(await queue.claim(['count'], 'dead', 100)).toMatchObject({ id, attempt: 1 })
        expect(await queue.claim(['count'], 'other', 100)).toBeUndefined()
        clock.advance(101)
        expect(await queue.claim(['count'], 'other', 100)).toMatchObject({ id, attempt: 2 })
        expect(await queue.progress(id, 'dead', { done: 9, total: 9 })).toBe(false)
        expect(await queue.finish(id, 'dead', { state: 'succeeded', result: 1 })).toBe(false)
        clock.advance(101)
        expect(await queue.claim(['count'], 'third', 100)).toBeUndefined()
        expect(await queue.get(id)).toMatchObject({ state: 'failed', error: { code: 'JOB_ABANDONED' } })
      }),
    )

    test(
      'a clock of the jobs that jumps ahead takes no job from a worker that lives',
      on(async (db) => {
        const [clock, leaseClock] = [createManualClock(1_000), createManualClock(5_000)]
        const queue = createJobQueue({ db, clock, leaseClock, ids })
        const { id } = await queue.enqueue('count', { to: 1 }, { attemptsMax: 2, runAt: 2_000 })
        expect(await queue.claim(['count'], 'one', 100)).toBeUndefined()
        expect(await queue.countDue(['count'])).toBe(0)
        clock.advance(86_400_000)
        expect(await queue.countDue(['count'])).toBe(1)
        expect(await queue.claim(['count'], 'one', 100)).toMatchObject({ id, attempt: 1 })
        clock.advance(86_400_000)
        expect(await queue.claim(['count'], 'other', 100)).toBeUndefined()
        leaseClock.advance(101)
        expect(await queue.claim(['count'], 'other', 100)).toMatchObject({ id, attempt: 2 })
        expect(await queue.finish(id, 'other', { state: 'succeeded', result: 1 })).toBe(true)
        expect(await queue.countDue(['count'])).toBe(0)
      }),
    )

    test(
      'a job that is cancelled stops, before it began or while it runs',
      on(async (db) => {
        const queue = createJobQueue({ db, clock: systemClock, ids })
        const early = await queue.enqueue('count', { to: 1 })
        expect(await queue.cancel(early.id)).toMatchObject({ state: 'cancelled' })
        const { worker } = startWorker(db, [countTo])
        const late = await queue.enqueue('count', { to: 1_000, pauseMs: 5 })
        while ((await queue.get(late.id)).done < 2) await new Promise((resolve) => setTimeout(resolve, 5))
        await queue.cancel(late.id)
        expect(await ended(queue, late.id)).toMatchObject({ state: 'cancelled' })
        await worker.stop()
      }),
    )

    test(
      'a bug is tried again, an expected failure is final',
      on(async (db) => {
        let tries = 0
        const shaky = defineJob<{ seen: number[] }>()({
          kind: 'shaky',
          input: z.object({}),
          checkpoint: z.object({}),
          attemptsMax: 2,
          async run() {
            tries += 1
            if (tries === 1) throw new Error('the network blinked')
            return 'well'
          },
        })
        const { queue, worker } = startWorker(db, [shaky])
        const job = await queue.enqueue('shaky', {}, { attemptsMax: 2 })
        expect(await ended(queue, job.id)).toMatchObject({ state: 'succeeded', attempt: 2, result: 'well' })
        await worker.stop()
      }),
    )

    test(
      'asking twice with one key gives one job',
      on(async (first, second) => {
        const queues = [first, second].map((db) => createJobQueue({ db, clock: systemClock, ids }))
        const jobs = await Promise.all(
          Array.from({ length: 10 }, (_, i) => queues[i % 2]!.enqueue('count', { to: 1 }, { uniqueKey: 'only' })),
        )
        expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
      }),
    )

    test(
      'many workers never run one job twice',
      on(async (first, second) => {
        const seen: number[] = []
        const workers = [first, second, first, second].map((db, i) => startWorker(db, [countTo], `worker-${i}`, seen))
        const jobs = await Promise.all(Array.from({ length: 20 }, () => workers[0]!.queue.enqueue('count', { to: 1 })))
        await Promise.all(jobs.map(({ id }) => ended(workers[0]!.queue, id)))
        expect(seen).toHaveLength(20)
        await Promise.all(workers.map(({ worker }) => worker.stop()))
      }),
    )
  })

  describe('schedules', () => {
    const daily = { name: 'nightly', cron: '30 2 * * *', timeZone: 'Europe/Berlin', kind: 'count', input: { to: 1 } }
    /** 29 March 2026, 00:00 UTC: an hour before Berlin skips from 02:00 to 03:00. */
    const BEFORE_SUMMER_TIME = Date.UTC(2026, 2, 29)
    const scheduled = (db: Database, clock: ReturnType<typeof createManualClock>) => {
      const queue = createJobQueue({ db, clock, ids: createIds() })
      return { queue, scheduler: createScheduler({ db, queue, clock, log: silentLog, attemptsMaxOf: () => 4 }) }
    }

    test(
      'two processes make one job of one fire, and what was missed is made up for once',
      on(async (first, second) => {
        const clock = createManualClock(Date.UTC(2026, 0, 1))
        const [one, two] = [scheduled(first, clock), scheduled(second, clock)]
        await one.scheduler.put(daily)
        expect(await one.scheduler.fireDue()).toBe(0)
        clock.advance(10 * 86_400_000)
        const fired = await Promise.all([one.scheduler.fireDue(), two.scheduler.fireDue()])
        expect(fired[0] + fired[1]).toBe(1)
        expect(await one.queue.list({ limit: 10 })).toMatchObject([{ kind: 'count', attemptsMax: 4 }])
        expect(await two.scheduler.fireDue()).toBe(0)
      }),
    )

    test(
      'summer time is obeyed, and an unchanged schedule keeps its next time',
      on(async (db) => {
        const clock = createManualClock(BEFORE_SUMMER_TIME)
        const { scheduler } = scheduled(db, clock)
        await scheduler.put(daily)
        const next = async () => (await db.kysely.selectFrom('schedule').select('next_at').executeTakeFirstOrThrow()).next_at
        const at = await next()
        expect(new Date(at).toISOString()).toMatch(/^2026-03-29T01:[0-5]0/)
        clock.advance(60_000)
        await scheduler.put({ ...daily, input: { to: 2 } })
        expect(await next()).toBe(at)
        await expect(scheduler.put({ ...daily, cron: 'every day' })).rejects.toMatchObject({ code: 'SCHEDULE_INVALID' })
        await expect(scheduler.put({ ...daily, timeZone: 'Mars/Olympus' })).rejects.toMatchObject({ code: 'SCHEDULE_INVALID' })
      }),
    )
  })
})
