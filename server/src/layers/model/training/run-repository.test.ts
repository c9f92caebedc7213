import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../test/fixtures/postgres-server.ts'
import { createManualClock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import type { AuditEvent } from '../../../platform/db/audit-trail.ts'
import { type DatabaseOptions, openDatabase } from '../../../platform/db/open-database.ts'
import { createJobQueue, type JobQueue } from '../../../platform/jobs/job-queue.ts'
import { createRunRepository, type RunKeeper } from './run-repository.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-runs-'))
const by = { actor: 'ada' }
const beginning = { model: 'flights', command: 'node train.ts', seed: 7, snapshotDigest: 'd'.repeat(64) }
let postgres: PostgresServer | undefined
let count = 0
beforeAll(async () => void (postgres = await startPostgres()), 60_000)
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})
const stores = {
  sqlite: async () => ({ file: path.join(folder, `${(count += 1)}.sqlite`), busyMsMax: 10_000 }),
  postgres: async () => (postgres === undefined ? undefined : { url: await postgres.createDatabase(), poolMax: 4 }),
}

interface Fixture {
  readonly clock: ReturnType<typeof createManualClock>
  /** What the audit log was told. */
  readonly events: readonly AuditEvent[]
  readonly queue: JobQueue
  readonly runs: RunKeeper
}

/** Runs a test on a repository with an empty store. */
const on =
  (place: () => Promise<DatabaseOptions | undefined>, work: (fixture: Fixture) => Promise<void>) =>
  async (context: { skip(note: string): void }): Promise<void> => {
    const options = await place()
    if (options === undefined) return context.skip('no PostgreSQL here')
    const db = await openDatabase(options)
    const clock = createManualClock(1_750_000_000_000)
    const events: AuditEvent[] = []
    const audit = { append: async (_: unknown, event: AuditEvent) => void events.push(event) }
    const queue = createJobQueue({ db, clock, ids: createIds(clock) })
    try {
      await work({ clock, events, queue, runs: createRunRepository({ db, clock, audit }) })
    } finally {
      await db.close()
    }
  }

describe.each(Object.entries(stores))('runs in %s', (_, place) => {
  test(
    'a run is kept from its beginning to its end, and does not change afterwards',
    on(place, async (at) => {
      const { runs, clock, events } = at
      const begun = await runs.begin({ id: 'r1', ...beginning, parentVersion: 2 }, { ...by, reason: 'drift' })
      expect(begun).toEqual({
        ...beginning,
        id: 'r1',
        state: 'running',
        parentVersion: 2,
        parameters: {},
        metrics: {},
        environment: {},
        createdAt: 1_750_000_000_000,
        startedAt: 1_750_000_000_000,
      })
      clock.advance(5_000)
      const findings = { parameters: { depth: 6 }, metrics: { auc: 0.7 }, environment: { language: 'node' }, logDigest: 'l' }
      const ended = await runs.succeed('r1', 3, findings, by)
      expect(ended).toEqual({ ...begun, ...findings, state: 'succeeded', version: 3, finishedAt: 1_750_000_005_000 })
      expect(await runs.get('r1')).toEqual(ended)
      for (const change of [
        () => runs.cancel('r1', {}, by),
        () => runs.fail('r1', { code: 'X', message: 'x' }, {}, by),
        () => runs.begin({ id: 'r1', ...beginning }, by),
      ])
        await expect(change()).rejects.toMatchObject({ code: 'RUN_ENDED', message: expect.stringContaining('succeeded') })
      await expect(runs.get('r2')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
      await expect(runs.interrupt('r2')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
      expect(events).toMatchObject([
        { action: 'run.begin', subject: 'model/flights', actor: 'ada', reason: 'drift', after: { run: 'r1', seed: 7 } },
        { action: 'run.end', after: { run: 'r1', state: 'succeeded', version: 3 } },
      ])
    }),
  )

  test(
    'a run that was interrupted goes on as the same run, with what it was begun with',
    on(place, async (at) => {
      const { runs, clock, events } = at
      await runs.begin({ id: 'r1', ...beginning, parentVersion: 2 }, by)
      expect(await runs.interrupt('r1')).toMatchObject({ state: 'queued' })
      clock.advance(9)
      expect(await runs.begin({ id: 'r1', ...beginning, seed: 8 }, by)).toMatchObject({
        state: 'running',
        seed: 7,
        parentVersion: 2,
        createdAt: 1_750_000_000_000,
        startedAt: 1_750_000_000_009,
      })
      const failed = await runs.fail('r1', { code: 'TRAINING_FAILED', message: 'm'.repeat(10_000) }, {}, by)
      expect(failed).toMatchObject({ state: 'failed', failure: { code: 'TRAINING_FAILED' } })
      expect(failed.failure?.message).toHaveLength(8_000)
      expect(events.map(({ action }) => action)).toEqual(['run.begin', 'run.end'])
    }),
  )
})

describe.each(Object.entries(stores))('runs seen together in %s', (_, place) => {
  test(
    'pages go from the newest to the oldest, of one model',
    on(place, async (at) => {
      for (let i = 1; i <= 5; i++) await at.runs.begin({ id: `r${i}`, ...beginning }, by)
      await at.runs.begin({ id: 'r9', ...beginning, model: 'other' }, by)
      const first = await at.runs.list('flights', { limit: 2 })
      expect(first.items.map(({ id }) => id)).toEqual(['r5', 'r4'])
      const rest = await at.runs.list('flights', { limit: 3, cursor: first.next })
      expect(rest.items.map(({ id }) => id)).toEqual(['r3', 'r2', 'r1'])
      expect(rest.next).toBeUndefined()
    }),
  )

  test(
    'a run whose job is over without it is closed, and one whose job will come back is not',
    on(place, async (at) => {
      const { runs, queue, clock } = at
      const jobs = await Promise.all(['died', 'cancelled', 'waits'].map((kind) => queue.enqueue(kind, {})))
      for (const { id } of jobs) await runs.begin({ id, ...beginning }, by)
      await runs.begin({ id: 'of-no-job', ...beginning }, by)
      await queue.claim(['died'], 'worker', 10)
      clock.advance(11)
      expect(await queue.claim(['died'], 'other', 10)).toBeUndefined()
      await queue.cancel(jobs[1]!.id)
      expect(await runs.closeAbandoned()).toBe(3)
      expect(await runs.closeAbandoned()).toBe(0)
      const states = await Promise.all([...jobs.map(({ id }) => id), 'of-no-job'].map(async (id) => runs.get(id)))
      expect(states.map(({ state, failure }) => failure?.code ?? state)).toEqual([
        'JOB_ABANDONED',
        'cancelled',
        'running',
        'RUN_ABANDONED',
      ])
    }),
  )
})
