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
import type { RetrainingBeginning, RetrainingKeeper } from './retraining.ts'
import { createRetrainingRepository } from './retraining-repository.ts'

const START_MS = 1_750_000_000_000
const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-retrainings-'))
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
const beginning = (id: string): RetrainingBeginning => ({
  id,
  deployment: 'd',
  model: 'd',
  trigger: 'drift',
  reason: 'incident 4: hours have moved',
  numbers: { incident: 4 },
  champion: 2,
  contractText: 'name: d',
  contractDigest: 'c'.repeat(64),
  folder: '/project',
  asOf: START_MS,
})

interface Fixture {
  readonly clock: ReturnType<typeof createManualClock>
  readonly events: readonly AuditEvent[]
  readonly queue: JobQueue
  readonly retrainings: RetrainingKeeper
}

/** Runs a test on a repository whose store knows one deployment. */
const on =
  (place: () => Promise<DatabaseOptions | undefined>, work: (fixture: Fixture) => Promise<void>) =>
  async (context: { skip(note: string): void }): Promise<void> => {
    const options = await place()
    if (options === undefined) return context.skip('no PostgreSQL here')
    const db = await openDatabase(options)
    const clock = createManualClock(START_MS)
    const events: AuditEvent[] = []
    const audit = { append: async (_: unknown, event: AuditEvent) => void events.push(event) }
    const queue = createJobQueue({ db, clock, ids: createIds(clock) })
    try {
      const at = { created_at: 1, updated_at: 1 }
      await db.kysely.insertInto('model').values({ name: 'd', created_at: 1, version_last: 2 }).execute()
      await db.kysely
        .insertInto('deployment')
        .values({ name: 'd', model: 'd', target: 'local', contract_digest: 'c', contract: '', state: 'live', revision: 1, ...at })
        .execute()
      await work({ clock, events, queue, retrainings: createRetrainingRepository({ db, clock, audit }) })
    } finally {
      await db.close()
    }
  }

describe.each(Object.entries(stores))('retrainings in %s', (_, place) => {
  test(
    'one at a time is kept from its trigger to its decision, and what ended does not change',
    on(place, async ({ retrainings, clock, events }) => {
      const begun = await retrainings.begin(beginning('r1'), { actor: 'trigger/drift' })
      const made = { state: 'waiting', createdAt: START_MS, createdBy: 'trigger/drift', updatedAt: START_MS }
      expect(begun).toEqual({ ...beginning('r1'), ...made })
      expect(await retrainings.begin(beginning('r1'), { actor: 'the job' })).toEqual(begun)
      await expect(retrainings.begin(beginning('r2'), { actor: 'kim' })).rejects.toMatchObject({
        code: 'RETRAINING_RUNNING',
        message: '"d" is being retrained already: r1 is at waiting.',
      })
      expect(await retrainings.findOpen('d')).toEqual(begun)

      clock.advance(1_000)
      const warm = { run: 'r1-warm', failure: { code: 'TRAINING_FAILED', message: 'no convergence' } }
      await retrainings.advance('r1', 'waiting', 'training-warm', {})
      const trained = await retrainings.advance('r1', 'training-warm', 'training-scratch', { warm })
      expect(trained).toMatchObject({ warm, updatedAt: START_MS + 1_000 })
      const late = { code: 'RETRAINING_ENDED' }
      await expect(retrainings.advance('r1', 'training-warm', 'comparing', {})).rejects.toMatchObject(late)
      const found = { decision: 'kept' as const, explanation: ['Keep the champion.'] }
      const done = await retrainings.advance('r1', 'training-scratch', 'done', found)
      expect(done).toMatchObject({ state: 'done', finishedAt: START_MS + 1_000, ...found })
      await expect(retrainings.advance('r1', 'done', 'failed', {})).rejects.toMatchObject(late)
      const actions = ['retraining.begin', 'retraining.advance', 'retraining.advance', 'retraining.end']
      expect(events.map(({ action }) => action)).toEqual(actions)
      expect(events[0]).toMatchObject({ actor: 'trigger/drift', reason: 'incident 4: hours have moved' })
    }),
  )

  test(
    'one whose job is over without it ends as the job did, and pages go from the newest to the oldest',
    on(place, async ({ retrainings, queue }) => {
      const { id } = await queue.enqueue('retraining.run', {})
      await retrainings.begin(beginning(id), { actor: 'kim' })
      expect(await retrainings.closeAbandoned()).toBe(0)
      await queue.cancel(id)
      expect(await retrainings.closeAbandoned()).toBe(1)
      expect(await retrainings.get(id)).toMatchObject({ state: 'cancelled' })
      await retrainings.begin(beginning('r9'), { actor: 'kim' })
      await retrainings.closeAbandoned()
      expect(await retrainings.get('r9')).toMatchObject({ state: 'failed', failure: { code: 'RETRAINING_ABANDONED' } })

      const page = await retrainings.list('d', { limit: 1 })
      expect(page.items.map((record) => record.id)).toEqual(['r9'])
      const rest = await retrainings.list('d', { limit: 1, cursor: page.next })
      expect(rest.items.map((record) => record.id)).toEqual([id])
      await expect(retrainings.get('r7')).rejects.toMatchObject({ code: 'RETRAINING_NOT_FOUND' })
    }),
  )
})
