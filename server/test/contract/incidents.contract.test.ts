/** What is found and what comes of it, in both stores of metadata. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../src/platform/db/database.ts'
import { openDatabase } from '../../src/platform/db/open-database.ts'
import { createDesk, findingAt, HOUR_MS, STARTED_AT, windowAt } from '../fixtures/incidents.ts'
import { type PostgresServer, startPostgres } from '../fixtures/postgres-server.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-incidents-'))
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
const DAY_MS = 24 * HOUR_MS

describe.each(Object.entries(stores))('incidents in %s', (_, place) => {
  const on =
    (run: (parts: ReturnType<typeof createDesk>, db: Database) => Promise<void>) =>
    async (context: { skip(note: string): void }) => {
      const options = await place()
      if (options === undefined) return context.skip('no PostgreSQL here')
      const db = await openDatabase(options)
      try {
        await run(createDesk(db), db)
      } finally {
        await db.close()
      }
    }

  test(
    'an incident is kept with its evidence, its history and its audit entries, and its end with a verdict',
    on(async ({ desk, clock, observe, told, auditLog }) => {
      const evidence = { histogram: { before: [0.5, 0.5], after: [0.1, 0.9] }, predictions: ['p1', 'p2'] }
      for (let at = 0; at < 3; at++)
        await observe([findingAt(at, 'breach', { weight: 1.5, evidence }), findingAt(at, 'ok', { subject: 'origin' })])
      const opened = await desk.get(1)
      expect(opened).toMatchObject({
        ...{
          id: 1,
          deployment: 'flight-delay',
          state: 'open',
          severity: 'warning',
          suggestedAction: 'look',
          channels: ['console'],
        },
        ...{ since: STARTED_AT, window: windowAt(2), openedAt: clock.now(), toldAt: clock.now() },
        members: [{ role: 'cause', since: STARTED_AT, finding: { subject: 'distance', value: 0.31, bound: 0.2, evidence } }],
      })
      expect(opened.transitions.map(({ event, at }) => [event, at])).toEqual([
        ['suspect', windowAt(0).to],
        ['open', windowAt(2).to],
      ])
      await desk.acknowledge(1, { actor: 'kim' })
      await desk.silence(1, { by: 'lee', forMs: HOUR_MS, reason: 'known \0 cause' })
      expect(await desk.resolve(1, { actor: 'kim', reason: 'mended', verdict: 'real' })).toMatchObject({
        ...{ state: 'resolved', verdict: 'real', resolved: { by: 'kim', reason: 'mended' } },
      })
      expect(await desk.resolve(1, { actor: 'kim', verdict: 'false-alarm' })).toMatchObject({ verdict: 'false-alarm' })
      expect(await told()).toEqual(['1 open console', '1 acknowledge console', '1 resolve console'])
      const { items } = await auditLog.list({ limit: 10, subject: 'incident/1' })
      expect(items.map(({ action, actor }) => `${action} ${actor}`).toReversed()).toEqual([
        ...[
          'incident.open monitor',
          'incident.acknowledge kim',
          'incident.silence lee',
          'incident.resolve kim',
          'incident.verdict kim',
        ],
      ])
      expect(await auditLog.verify()).toMatchObject({ whole: true })
      await expect(desk.acknowledge(1, { actor: 'kim' })).rejects.toMatchObject({
        code: 'INCIDENT_ALREADY_RESOLVED',
        status: 409,
      })
      await expect(desk.get(2)).rejects.toMatchObject({ code: 'INCIDENT_NOT_FOUND', status: 404 })
      await expect(desk.get(1e12)).rejects.toMatchObject({ code: 'INCIDENT_NOT_FOUND' })
    }),
  )

  test(
    'a window that is seen twice counts once, and one that comes late decides nothing',
    on(async ({ desk, observe, told }) => {
      for (const at of [0, 0, 1, 1, 0]) await observe([findingAt(at, 'breach')])
      expect(await told()).toEqual([])
      await observe([findingAt(2, 'breach')])
      await observe([findingAt(-1, 'ok')])
      expect(await told()).toEqual(['1 open console'])
      const { windows } = await desk.explain({
        deployment: 'flight-delay',
        subject: 'distance',
        from: 0,
        to: STARTED_AT + DAY_MS,
      })
      expect(windows.map(({ status, breaches }) => [status, breaches])).toEqual([
        ['firing', 3],
        ['suspected', 2],
        ['suspected', 1],
        ['ok', 0],
      ])
    }),
  )

  test(
    'windows of many deployments at once keep their incidents apart, with numbers that have no gap',
    on(async ({ desk, observe }) => {
      const names = Array.from({ length: 8 }, (_, i) => `model-${i}`)
      for (let at = 0; at < 3; at++)
        await Promise.all(names.map((deployment) => observe([findingAt(at, 'breach', { deployment })])))
      const { items } = await desk.list({ limit: 5 })
      const rest = await desk.list({ limit: 5, cursor: String(items.at(-1)!.id) })
      const all = [...items, ...rest.items]
      expect(all.map(({ id }) => id)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
      expect(all.map(({ deployment }) => deployment).toSorted()).toEqual(names)
      expect(rest.next).toBeUndefined()
      expect((await desk.list({ limit: 5, deployment: 'model-3', state: 'live' })).items).toHaveLength(1)
      await expect(desk.list({ limit: 5, cursor: 'x' })).rejects.toMatchObject({ code: 'INCIDENT_CURSOR_INVALID' })
    }),
  )

  test(
    'why there was no alarm is told window by window',
    on(async ({ desk, observe }) => {
      const explain = async (subject: string) =>
        desk.explain({ deployment: 'flight-delay', subject, from: STARTED_AT, to: STARTED_AT + DAY_MS })
      for (const [at, state] of (['ok', 'breach', 'not-enough-data', 'breach', 'ok'] as const).entries())
        await observe([findingAt(at, state)])
      const quiet = await explain('distance')
      expect(quiet.summary).toBe('It was beyond its bound in 2 windows, at most 2 in a row, and 3 in a row are asked for.')
      expect(quiet.windows.map(({ because }) => because)).toEqual([
        'within its bound',
        'suspected: breach 2 in a row, and 3 are asked for',
        'not enough data to say: 3 rows',
        'suspected: breach 1 in a row, and 3 are asked for',
        'within its bound',
      ])
      expect((await explain('origin')).summary).toMatch(/Nobody looked at origin/)
      for (let at = 5; at < 10; at++) {
        await observe([findingAt(at, 'breach', { kind: 'data-quality', measure: 'missing' }), findingAt(at, 'breach')])
        if (at === 8) await desk.silence(1, { by: 'kim', forMs: DAY_MS, reason: 'a campaign' })
      }
      const muted = await explain('distance')
      expect(muted.summary).toBe('There was an alarm: incident 1.')
      expect(
        muted.windows
          .slice(0, 4)
          .map(({ because }) => because)
          .toSorted(),
      ).toEqual([
        'explained by data-quality of distance (missing), a consequence in incident 1',
        'in incident 1',
        expect.stringMatching(/incident 1 was silenced by kim until 2026-03-02T09:00Z: a campaign/),
        expect.stringMatching(/incident 1 was silenced by kim/),
      ])
    }),
  )

  test(
    'precision is what people said of the incidents of each measure',
    on(async ({ desk, observe }) => {
      const verdicts = ['real', 'false-alarm', 'real', 'unknown'] as const
      for (const [round, verdict] of verdicts.entries()) {
        const at = round * 10
        await observe([findingAt(at, 'breach'), findingAt(at, 'breach', { subject: 'origin' })], { sustained: 1 })
        await desk.resolve(round + 1, { actor: 'kim', verdict })
      }
      await observe([findingAt(50, 'breach', { kind: 'feed', measure: 'silence' })])
      expect(await desk.precision()).toEqual([
        {
          ...{ kind: 'drift', measure: 'population-stability-index', incidents: 4, real: 2, falseAlarms: 1, unknown: 1 },
          precision: 2 / 3,
        },
        { kind: 'feed', measure: 'silence', incidents: 1, real: 0, falseAlarms: 0, unknown: 1 },
      ])
      expect(await desk.precision('other')).toEqual([])
    }),
  )

  test(
    'findings are kept for their time, incidents for theirs, and one that nobody looks at any more ends',
    on(async ({ desk, clock, observe, told }, db) => {
      for (let at = 0; at < 3; at++) await observe([findingAt(at, 'breach'), findingAt(at, 'ok', { subject: 'origin' })])
      clock.advance(91 * DAY_MS)
      expect(await desk.retain()).toEqual({ findings: 6, incidents: 0, deliveries: 0, abandoned: 1 })
      expect(await desk.get(1)).toMatchObject({ state: 'resolved', verdict: 'unknown', resolved: { by: 'monitor' } })
      expect(await told()).toEqual(['1 open console', '1 resolve console'])
      clock.advance(401 * DAY_MS)
      expect(await desk.retain()).toEqual({ findings: 0, incidents: 1, deliveries: 0, abandoned: 0 })
      for (const table of ['finding', 'finding_state', 'incident', 'incident_finding', 'incident_transition'] as const)
        expect(await db.kysely.selectFrom(table).selectAll().execute()).toEqual([])
    }),
  )

  test(
    'text that no store keeps, evidence without end and numbers that are none do no harm',
    on(async ({ desk, observe }) => {
      const hostile = findingAt(0, 'breach', {
        subject: `a\0b\ud800${'c'.repeat(500)}`,
        slice: '\0',
        value: Number.NaN,
        bound: Number.POSITIVE_INFINITY,
        sentence: 's'.repeat(10_000),
        evidence: { rows: Array.from({ length: 20_000 }, () => 'x\0'), predictions: ['p1'] },
      })
      await observe([hostile, { ...hostile }], { sustained: 1 })
      const { members } = await desk.get(1)
      expect(members).toHaveLength(1)
      expect(members[0]!.finding.evidence).toEqual({ tooLarge: true, predictions: ['p1'] })
      expect(members[0]!.finding).not.toHaveProperty('value')
      expect(members[0]!.finding.subject).toHaveLength(200)
      await expect(desk.silence(1, { by: 'kim', forMs: 0, reason: 'x' })).rejects.toMatchObject({ code: 'SILENCE_UNFIT' })
      await expect(desk.silence(1, { by: 'kim', forMs: DAY_MS, reason: ' ' })).rejects.toMatchObject({
        code: 'SILENCE_UNFIT',
      })
    }),
  )

  test(
    'a thousand columns in breach are one incident, within seconds',
    on(async ({ desk, observe, told }) => {
      const started = performance.now()
      for (let at = 0; at < 4; at++)
        await observe(Array.from({ length: 1_000 }, (_, i) => findingAt(at, 'breach', { subject: `column-${i}`, weight: i })))
      expect(await told()).toEqual(['1 open console'])
      expect((await desk.get(1)).members[0]!.finding.subject).toBe('column-999')
      expect(performance.now() - started).toBeLessThan(60_000)
    }),
    90_000,
  )
})
