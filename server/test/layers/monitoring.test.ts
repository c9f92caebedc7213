/** A deployment watched over days: a real registry, a real journal, a clock that is moved by hand. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { treesSample } from '../fixtures/synthetic-trees.ts'
import { HOUR_MS, openWatchedWorld } from '../fixtures/watched-world.ts'
import { createRandom } from '../../src/stats/random.ts'

const ROWS = 300
const CONTRACT = `name: trees
outcome: { name: late, arrives-within: 1d }
inputs: { distance: { type: number, unit: miles } }
sufficient: { quality: { roc-auc: { min: 0.7 } } }
monitoring: { window: 1h, drift: { sustained: 3 } }
`
let world: Awaited<ReturnType<typeof openWorld>>
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

interface Row {
  readonly hour: number
  readonly weekday: number
  readonly month: number
  readonly distance: number | null
  readonly origin: string
  readonly destination: string
  /** What the model says, and what happens, which is more likely where it says more. */
  readonly late: number
}

function rowOf(random: () => number): Row {
  const pick = (from: number) => treesSample[Math.floor(random() * from)]!.origin
  const [hour, distance] = [Math.floor(random() * 24), 100 + Math.round(2_400 * random() ** 2)]
  return {
    hour,
    weekday: 1 + Math.floor(random() * 7),
    month: 1,
    distance,
    origin: pick(8),
    destination: pick(8),
    late: random(),
  }
}

async function openWorld() {
  const random = createRandom(7)
  const opened = await openWatchedWorld({ contract: CONTRACT, training: Array.from({ length: 20_000 }, () => rowOf(random)) })
  return {
    ...opened,
    /** One hour of traffic; outcomes come when `outcomes` is given, and as often as it says from the score. */
    hour(change: (row: Row) => Partial<Row> = () => ({}), outcome?: (score: number) => boolean, rows = ROWS) {
      const served = Array.from({ length: rows }, () => {
        const { late, ...row } = rowOf(random)
        return { inputs: { ...row, ...change({ ...row, late }) }, output: late, outcome: outcome?.(late) }
      })
      return opened.serve(served, HOUR_MS)
    },
  }
}

test('days of healthy traffic raise nothing, and every window says what it saw', async () => {
  for (let i = 0; i < 12; i++) await world.hour()
  expect(await world.watch()).toMatchObject({ windows: 12, rows: 12 * ROWS })
  expect((await world.desk.list({ limit: 10 })).items).toEqual([])
  const [newest] = await world.monitors.list('trees', 1)
  expect(newest).toMatchObject({ version: 1, rows: ROWS })
  expect(newest!.findings.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['feed', 'data-quality', 'drift', 'prediction-drift']),
  )
  expect(await world.watch()).toMatchObject({ windows: 0 })
}, 60_000)

test('a feed that turns miles into kilometres is one incident, and the drift that follows from it is not another', async () => {
  for (let i = 0; i < 8; i++) await world.hour(undefined, undefined, 2_000)
  for (let i = 0; i < 4; i++) await world.hour(({ distance }) => ({ distance: distance! * 1.609344 }), undefined, 2_000)
  await world.watch()
  const { items } = await world.desk.list({ limit: 10 })
  expect(items).toHaveLength(1)
  const incident = await world.desk.get(items[0]!.id)
  const roles = incident.members.map(({ finding, role }) => `${role} ${finding.kind} ${finding.subject} ${finding.measure}`)
  expect(roles[0]).toBe('cause data-quality distance rescaled')
  expect(roles).toContain('consequence drift distance population-stability-index')
  expect(incident.suggestedAction).toBe('fix-the-feed')
  expect(incident.title).toMatch(/kilometres|km/)
}, 60_000)

test('a column that stops coming is told as missing, and one that stands still as stuck', async () => {
  for (let i = 0; i < 7; i++) await world.hour()
  for (let i = 0; i < 3; i++)
    await world.hour(({ distance }) => ({ distance: Math.random() < 0.4 ? null : distance, origin: 'AAA' }))
  await world.watch()
  const [newest] = await world.monitors.list('trees', 1)
  const breaches = newest!.findings
    .filter(({ state }) => state === 'breach')
    .map(({ subject, measure }) => `${subject} ${measure}`)
  expect(breaches).toEqual(expect.arrayContaining(['distance missing', 'origin stuck', 'origin new-values']))
}, 60_000)

test('silence of the feed is told at once, and when it is over, so is that', async () => {
  for (let i = 0; i < 8; i++) await world.hour()
  await world.hour(undefined, undefined, 0)
  await world.watch()
  expect((await world.desk.list({ limit: 10, state: 'live' })).items).toMatchObject([
    { title: expect.stringMatching(/No predictions/) },
  ])
  for (let i = 0; i < 3; i++) await world.hour()
  await world.watch()
  expect((await world.desk.list({ limit: 10, state: 'live' })).items).toEqual([])
}, 60_000)

test('quality is judged when its outcomes are due, and its fall is told with the coverage', async () => {
  const random = createRandom(3)
  for (let i = 0; i < 24; i++) await world.hour(undefined, (score) => random() < score, 40)
  for (let i = 0; i < 24; i++) await world.hour(undefined, () => random() < 0.5, 40)
  for (let i = 0; i < 26; i++) await world.hour(undefined, undefined, 40)
  await world.watch()
  const told = (await world.monitors.list('trees', 100))
    .flatMap(({ findings }) => findings)
    .filter(({ kind }) => kind === 'quality')
  expect(told.map(({ state }) => state)).toEqual(['breach', 'ok'])
  expect(told[0]!.sentence).toMatch(/roc-auc 0\.\d+ \[.*\], agreed at least 0\.7; 100 % of 960 outcomes/)
  expect((await world.desk.list({ limit: 10 })).items.some(({ title }) => title.startsWith('roc-auc'))).toBe(true)
}, 120_000)
