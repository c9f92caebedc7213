/** What the monitor finds in real flights, and what it does not find. */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { type FlightInputs, learnLateness, type RealFlight, realFlights, servedBy, shuffled } from '../fixtures/flight-traffic.ts'
import { DAY_MS, HOUR_MS, openWatchedWorld, type WatchedWorld } from '../fixtures/watched-world.ts'

const WINDOW_MS = 6 * HOUR_MS
const ROWS = 600
const contractOf = (monitoring: string, more = '') => `name: trees
outcome: { name: late, arrives-within: 6h }
inputs: { distance: { type: number, unit: miles } }
sufficient: { quality: { roc-auc: { min: 0.55 } } ${more} }
monitoring: { window: 6h, ${monitoring} }
`
let january: readonly RealFlight[]
let lateness: (inputs: FlightInputs) => number
let traffic: RealFlight[]
let world: WatchedWorld
let next = 0

beforeAll(async () => {
  january = await realFlights('2001-01-01', '2001-02-01', 12)
  const mixed = shuffled(january, 5)
  lateness = learnLateness(mixed.slice(0, 20_000))
  traffic = mixed.slice(20_000)
})
afterEach(() => world.close())

async function open(contract: string): Promise<void> {
  world = await openWatchedWorld({
    contract,
    training: shuffled(january, 5)
      .slice(0, 20_000)
      .map(({ inputs }) => inputs),
  })
  next = 0
}
type Change = (flight: RealFlight) => Partial<FlightInputs>

async function windows(count: number, change?: Change, outcome?: (flight: RealFlight) => boolean, rows = ROWS): Promise<void> {
  for (let i = 0; i < count; i++) {
    const flights = Array.from({ length: rows }, (_, k) => traffic[(next + k) % traffic.length]!)
    next += rows
    const served = flights.map(servedBy(lateness, change))
    await world.serve(
      outcome === undefined ? served : served.map((row, k) => ({ ...row, outcome: outcome(flights[k]!) })),
      WINDOW_MS,
    )
  }
}

test('a week of undrifted flights raises nothing, whatever is watched', async () => {
  await open(
    contractOf('slices: [origin, weekday], errors: { detector: hddm-a }', ', slices: { by: [origin], roc-auc: { min: 0.5 } }'),
  )
  await windows(28)
  expect(await world.watch()).toMatchObject({ windows: 28, rows: 28 * ROWS })
  expect(await world.incidents()).toEqual([])
  const measures = (await world.monitors.list('trees', 28)).flatMap(({ findings }) => findings.map(({ measure }) => measure))
  expect([...new Set(measures)]).toEqual(
    expect.arrayContaining(['outliers', 'duplicates', 'freshness', 'population-stability-index', 'hddm-a', 'roc-auc']),
  )
}, 120_000)

test('a fault in one slice is found with its slice, while all rows together show nothing', async () => {
  await open(contractOf('slices: [origin]'))
  await windows(10, undefined, undefined, 3_000)
  const broken: Change = ({ inputs }) => (inputs.origin === 'DFW' ? { distance: 1_500 + (inputs.distance! % 200) } : {})
  await windows(4, broken, undefined, 3_000)
  await world.watch()
  const breaches = await world.breaches(4)
  expect(breaches.filter((each) => each.endsWith('distance'))).toEqual([])
  expect(breaches.filter((each) => each === 'population-stability-index distance | origin = DFW')).toHaveLength(4)
  expect(await world.incidents()).toEqual([expect.stringMatching(/distance where origin = DFW/)])
}, 120_000)

test('against the window before, a step is one incident at once, and not again while it stays', async () => {
  await open(contractOf('drift: { reference: previous }'))
  await windows(4)
  await windows(4, ({ inputs }) => ({ distance: inputs.distance! * 0.8 + 100 }))
  await world.watch()
  const found = (await world.monitors.list('trees', 8)).toReversed()
  const states = found.map(
    ({ findings }) => findings.find(({ kind, subject }) => kind === 'drift' && subject === 'distance')?.state,
  )
  expect(states).toEqual(['not-enough-data', 'ok', 'ok', 'ok', 'breach', 'ok', 'ok', 'ok'])
  expect((await world.incidents()).filter((title) => title.includes('distance'))).toHaveLength(1)
}, 120_000)

test('against the same hour of past weeks, the rhythm of the day is no drift, and a step is', async () => {
  const rhythm = 'drift: { reference: REFERENCE, sustained: 2 }'
  await open(contractOf(rhythm.replace('REFERENCE', 'same_hour_of_week')))
  const byHour = Map.groupBy(traffic, ({ inputs }) => Math.floor(inputs.hour / 6))
  const at = new Map<number, number>()
  const serveDays = async (days: number, change?: Change) => {
    for (let i = 0; i < days * 4; i++) {
      const flights = byHour.get(i % 4)!
      const from = at.get(i % 4) ?? 0
      at.set(i % 4, from + 200)
      const rows = Array.from({ length: i % 4 === 0 ? 60 : 200 }, (_, k) => flights[(from + k) % flights.length]!)
      await world.serve(rows.map(servedBy(lateness, change)), WINDOW_MS)
    }
  }
  await serveDays(17)
  await world.watch()
  expect(await world.incidents()).toEqual([])
  await serveDays(1, ({ inputs }) => (inputs.distance! > 600 ? { origin: 'ATL' } : {}))
  await world.watch()
  expect(await world.incidents()).toEqual([expect.stringMatching(/^origin against the same hour of past weeks/)])
  const found = (await world.monitors.list('trees', 200)).toReversed()
  const hours = found.map(({ findings }) => findings.find(({ kind, subject }) => kind === 'drift' && subject === 'hour')?.state)
  expect(new Set(hours.slice(0, 56))).toEqual(new Set(['not-enough-data']))
  expect(hours.slice(56)).not.toContain('breach')
  expect(hours.slice(56)).toContain('ok')
}, 180_000)

test('a detector hears that flights are late for other reasons than before, and not earlier', async () => {
  await open(contractOf('errors: {}'))
  await windows(12)
  await windows(8, undefined, ({ late, inputs }) => (inputs.hour % 2 === 0 ? !late : late))
  await windows(2)
  await world.watch()
  const told = (await world.monitors.list('trees', 30)).toReversed().flatMap(({ findings }) => findings)
  const heard = told.filter(({ measure }) => measure === 'hddm-a')
  expect(heard.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok', 'breach', 'ok'])
  expect(heard[3]!.span!.from - heard[0]!.span!.from).toBe(3 * DAY_MS)
  expect(heard[3]!.sentence).toMatch(/err more than they did/)
  expect(await world.incidents()).toEqual([expect.stringMatching(/roc-auc|err more/)])
}, 120_000)
