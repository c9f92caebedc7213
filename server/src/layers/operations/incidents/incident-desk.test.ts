import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDesk, findingAt, HOUR_MS, STARTED_AT, windowAt } from '../../../../test/fixtures/incidents.ts'
import type { Database } from '../../../platform/db/database.ts'
import { openDatabase } from '../../../platform/db/open-database.ts'
import type { Finding } from './finding.ts'
import type { ChangeLog } from './transition.ts'

const withStore = async <T>(run: (db: Database) => Promise<T>): Promise<T> => {
  const db = await openDatabase({ file: ':memory:', busyMsMax: 1_000 })
  try {
    return await run(db)
  } finally {
    await db.close()
  }
}
const withDesk = <T>(run: (parts: ReturnType<typeof createDesk>) => Promise<T>) => withStore((db) => run(createDesk(db)))
const STATES = { o: 'ok', x: 'breach', '-': 'not-enough-data' } as const
/** `xx-xo`: one letter a window. */
const statesOf = (text: string) => Array.from(text, (letter) => STATES[letter as keyof typeof STATES])

test.each([
  ['xx', [], 'suspected'],
  ['xxx', ['1 open console'], 'live'],
  ['xx-x', ['1 open console'], 'live'],
  ['xxoxx', [], 'suspected'],
  ['xoxoxoxoxoxo', [], 'quiet'],
  ['xxxo', ['1 open console'], 'live'],
  ['xxxox', ['1 open console'], 'live'],
  ['xxxo-o', ['1 open console', '1 resolve console'], 'quiet'],
  ['xxxoo', ['1 open console', '1 resolve console'], 'quiet'],
  ['xxx-----', ['1 open console'], 'live'],
  ['xxxooxx', ['1 open console', '1 resolve console'], 'suspected'],
  ['xxxooxxx', ['1 open console', '1 resolve console', '2 open console'], 'live'],
])('of the windows %s with three asked for is told %j, and then it is %s', (windows, expected, end) =>
  withDesk(async ({ desk, observe, told }) => {
    for (const [at, state] of statesOf(windows).entries()) await observe([findingAt(at, state)])
    expect(await told()).toEqual(expected)
    const live = (await desk.list({ limit: 10, state: 'live' })).items.length
    const suspected = (await desk.suspicions()).length
    expect(live > 0 ? 'live' : suspected > 0 ? 'suspected' : 'quiet').toBe(end)
  }),
)

test('a value that alternates around its bound never fires when more than one breach in a row is asked for', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 6 }), fc.array(fc.boolean(), { minLength: 5, maxLength: 25 }), (sustained, gaps) =>
      withDesk(async ({ observe, told }) => {
        let at = 0
        for (const gap of gaps) {
          await observe([findingAt((at += 1), 'breach')], { sustained })
          if (gap) await observe([findingAt((at += 1), 'not-enough-data')], { sustained })
          await observe([findingAt((at += 1), 'ok')], { sustained })
        }
        expect(await told()).toEqual([])
      }),
    ),
    { numRuns: 25 },
  ))

test('one cause is one incident, however many columns show it and however late the weak ones do', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 6 }),
      (delays, sustained, more) =>
        withDesk(async ({ desk, observe, told }) => {
          for (let at = 0; at < sustained + 3 + more; at++)
            await observe(
              delays.map((delay, column) =>
                findingAt(at, at >= Math.min(delay, sustained) ? 'breach' : 'ok', { subject: `column-${column}` }),
              ),
              { sustained },
            )
          const { items } = await desk.list({ limit: 10 })
          expect(items).toHaveLength(1)
          expect((await told()).filter((line) => line.includes('open'))).toHaveLength(1)
          expect((await desk.get(1)).members).toHaveLength(delays.length)
        }),
    ),
    { numRuns: 25 },
  ))

const action = fc.constantFrom('silence', 'acknowledge', 'resolve', 'wait')
test('whatever people do, a silenced incident is not told, and an end is told once', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('o', 'x', '-'), action, fc.integer({ min: 1, max: 9 })), { minLength: 5, maxLength: 40 }),
      (steps) =>
        withDesk(async ({ desk, observe, told }) => {
          for (const [at, [letter, what, hours]] of steps.entries()) {
            const live = (await desk.list({ limit: 10, state: 'live' })).items
            const silent = live.filter(({ state }) => state === 'silenced').map(({ id }) => id)
            const before = await told()
            await observe([findingAt(at, STATES[letter as keyof typeof STATES])], { sustained: 1 })
            const since = (await told()).slice(before.length)
            for (const id of silent)
              expect(since.filter((line) => line.startsWith(`${id} `) && !line.includes(' resolve '))).toEqual([])
            for (const { id } of (await desk.list({ limit: 10, state: 'live' })).items) {
              if (what === 'silence') await desk.silence(id, { by: 'kim', forMs: hours * HOUR_MS, reason: 'known' })
              if (what === 'acknowledge') await desk.acknowledge(id, { actor: 'kim' })
              if (what === 'resolve') await desk.resolve(id, { actor: 'kim', verdict: 'real' })
            }
            await desk.tick()
          }
          const lines = await told()
          for (const { id, state } of (await desk.list({ limit: 100 })).items) {
            const ends = lines.filter((line) => line === `${id} resolve console`).length
            const begun = lines.some((line) => line.startsWith(`${id} `) && !line.includes(' resolve '))
            expect(ends).toBe(state === 'resolved' && begun ? 1 : 0)
          }
        }),
    ),
    { numRuns: 40 },
  ))

test('a column that is missing mutes its drift, and explains predictions and quality that changed later', () =>
  withDesk(async ({ desk, observe, told }) => {
    const others = { 'prediction-drift': 'predictions', quality: 'roc-auc' } as const
    const about = (at: number, kind: Finding['kind'], subject: string, begins: number) =>
      findingAt(at, at >= begins ? 'breach' : 'ok', { kind, subject, measure: kind, weight: kind === 'drift' ? 9 : 2 })
    for (let at = 0; at < 8; at++)
      await observe([
        about(at, 'data-quality', 'distance', 2),
        about(at, 'drift', 'distance', 2),
        about(at, 'prediction-drift', others['prediction-drift'], 3),
        about(at, 'quality', others.quality, 3),
      ])
    expect(await told()).toEqual(['1 open console'])
    const { members, suggestedAction, title } = await desk.get(1)
    expect(members.map(({ role, finding, mutedBy }) => [role, finding.kind, mutedBy?.kind])).toEqual([
      ['cause', 'data-quality', undefined],
      ['consequence', 'drift', 'data-quality'],
      ['consequence', 'prediction-drift', 'data-quality'],
      ['consequence', 'quality', 'data-quality'],
    ])
    expect(suggestedAction).toBe('fix-the-feed')
    expect(title).toBe('distance in window 2: breach')
  }))

test('quality that fell before any input drifted is a cause of its own', () =>
  withDesk(async ({ desk, observe }) => {
    for (let at = 0; at < 8; at++)
      await observe([
        findingAt(at, at >= 1 ? 'breach' : 'ok', { kind: 'quality', subject: 'roc-auc', measure: 'roc-auc' }),
        findingAt(at, at >= 2 ? 'breach' : 'ok'),
      ])
    const { members, severity, suggestedAction } = await desk.get(1)
    expect(members.map(({ role, finding }) => `${role} ${finding.kind}`).toSorted()).toEqual(['cause drift', 'cause quality'])
    expect([severity, suggestedAction]).toEqual(['critical', 'retrain'])
    const listed = async (of: 'critical' | 'warning') => (await desk.list({ limit: 10, severity: of })).items.length
    expect([await listed('critical'), await listed('warning')]).toEqual([1, 0])
  }))

test('a feed that fails as a whole mutes everything', () =>
  withDesk(async ({ desk, observe, told }) => {
    for (let at = 0; at < 5; at++)
      await observe([
        findingAt(at, 'breach', { kind: 'feed', subject: 'predictions', measure: 'volume' }),
        ...Array.from({ length: 40 }, (_, column) => findingAt(at, 'breach', { subject: `column-${column}` })),
        findingAt(at, 'breach', { kind: 'release', subject: 'canary', measure: 'error-share' }),
      ])
    expect(await told()).toEqual(['1 open console'])
    const { members } = await desk.get(1)
    expect(members.filter(({ role }) => role === 'cause')).toHaveLength(1)
    expect(members).toHaveLength(42)
  }))

test('a consequence that outlasts its cause becomes a cause, and that is news', () =>
  withDesk(async ({ desk, observe, told }) => {
    for (let at = 0; at < 10; at++)
      await observe([
        findingAt(at, at < 4 ? 'breach' : 'ok', { kind: 'data-quality', measure: 'missing' }),
        findingAt(at, 'breach'),
      ])
    expect(await told()).toEqual(['1 open console', '1 change console'])
    const { members, state } = await desk.get(1)
    expect(state).toBe('open')
    expect(members.map(({ role, finding, clearedAt }) => [role, finding.kind, clearedAt !== undefined]).toSorted()).toEqual([
      ['cause', 'data-quality', true],
      ['cause', 'drift', false],
    ])
  }))

test('what begins long after is an incident of its own', () =>
  withDesk(async ({ desk, observe }) => {
    for (let at = 0; at < 20; at++)
      await observe([findingAt(at, 'breach'), findingAt(at, at >= 12 ? 'breach' : 'ok', { subject: 'origin' })])
    expect((await desk.list({ limit: 10 })).items.map(({ id, since }) => [id, (since - STARTED_AT) / HOUR_MS])).toEqual([
      [2, 12],
      [1, 0],
    ])
  }))

test.each([
  ['the launch an hour before', 'deployment.launch', -HOUR_MS],
  ['the launch in the middle of its first window', 'deployment.launch', HOUR_MS / 2],
  ['the end of a release in the middle of its first window', 'release.promote', HOUR_MS / 2],
])('what begins with %s and harms quality is to be rolled back', (_, action, afterMs) =>
  withStore(async (db) => {
    const launched = { time: STARTED_AT + afterMs, actor: 'kim', action, subject: 'deployment/flight-delay' }
    const before: ChangeLog['before'] = async (_tx, _deployment, time) => [launched].filter((change) => change.time <= time)
    const { desk, observe } = createDesk(db, { changeLog: { before } })
    for (let at = 0; at < 2; at++)
      await observe([findingAt(at, 'breach', { kind: 'quality', subject: 'roc-auc', measure: 'roc-auc' })])
    const { suggestedAction, changes, advice } = await desk.get(1)
    expect([suggestedAction, changes, advice.command]).toEqual(['roll-back', [launched], 'seaworthy rollback flight-delay'])
  }),
)

test('nobody answers: it is told to others once, and again to all until somebody does', () =>
  withDesk(async ({ desk, clock, observe, told }) => {
    await observe([findingAt(0, 'breach')], { sustained: 1 })
    await desk.tick()
    expect(await told()).toEqual(['1 open console'])
    clock.advance(HOUR_MS / 2)
    await desk.tick()
    await desk.tick()
    clock.advance(4 * HOUR_MS)
    await desk.tick()
    expect(await told()).toEqual(['1 open console', '1 escalate pager', '1 repeat console', '1 repeat pager'])
    await desk.acknowledge(1, { actor: 'kim' })
    clock.advance(40 * HOUR_MS)
    await desk.tick()
    expect((await told()).slice(4)).toEqual(['1 acknowledge console', '1 acknowledge pager'])
    const { transitions } = await desk.get(1)
    expect(transitions.map(({ event, from, to, actor }) => [event, from, to, actor])).toEqual([
      ['suspect', undefined, 'suspected', 'monitor'],
      ['open', 'suspected', 'open', 'monitor'],
      ['escalate', 'open', 'open', 'monitor'],
      ['repeat', 'open', 'open', 'monitor'],
      ['acknowledge', 'open', 'acknowledged', 'kim'],
    ])
    expect(transitions[1]).toMatchObject({
      window: windowAt(0),
      codeVersion: '0.1.0-test',
      numbers: [{ subject: 'distance', value: 0.31, bound: 0.2 }],
    })
  }))

test('who did not have to answer while it was silent has as long as anybody else when the silence is over', () =>
  withDesk(async ({ desk, clock, observe, told }) => {
    await observe([findingAt(0, 'breach')], { sustained: 1 })
    await desk.silence(1, { by: 'kim', forMs: 6 * HOUR_MS, reason: 'a campaign' })
    clock.advance(6 * HOUR_MS)
    for (let tick = 0; tick < 3; tick++) await desk.tick()
    expect(await told()).toEqual(['1 open console', '1 reopen console'])
    clock.advance(HOUR_MS / 2)
    for (let tick = 0; tick < 3; tick++) await desk.tick()
    expect(await told()).toEqual(['1 open console', '1 reopen console', '1 escalate pager'])
  }))

test('a silence holds until its time, for what ends and comes again too', () =>
  withDesk(async ({ desk, clock, observe, told }) => {
    await observe([findingAt(0, 'breach')], { sustained: 1 })
    await desk.silence(1, { by: 'kim', forMs: 6 * HOUR_MS, reason: 'a campaign' })
    for (const at of [1, 2]) await observe([findingAt(at, 'ok')], { sustained: 1 })
    await observe([findingAt(3, 'breach')], { sustained: 1 })
    expect(await told()).toEqual(['1 open console', '1 resolve console'])
    expect(await desk.get(2)).toMatchObject({ state: 'silenced', silence: { by: 'kim', reason: 'a campaign' } })
    clock.advance(6 * HOUR_MS)
    await desk.tick()
    expect(await told()).toEqual(['1 open console', '1 resolve console', '2 open console'])
    expect((await desk.get(2)).state).toBe('open')
  }))

test('what people say is kept as text that every store takes', () =>
  withDesk(async ({ desk, observe }) => {
    await observe([findingAt(0, 'breach')], { sustained: 1 })
    await desk.acknowledge(1, { actor: 'kim', reason: 'a\0b' })
    await desk.resolve(1, { actor: 'kim', reason: 'c\0d\ud800', verdict: 'real' })
    const { transitions, resolved } = await desk.get(1)
    expect(transitions.slice(-2).map(({ reason }) => reason)).toEqual(['a\u{fffd}b', 'c\u{fffd}d\u{fffd}'])
    expect(resolved?.reason).toBe('c\u{fffd}d\u{fffd}')
  }))
