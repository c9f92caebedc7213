/** Quality of real flights before, when and after their outcomes come; rows that are outliers or come twice; feeds that stop. */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { learnLateness, type RealFlight, realFlights, servedBy, shuffled } from '../fixtures/flight-traffic.ts'
import { createRandom } from '../../src/stats/random.ts'
import { HOUR_MS, openWatchedWorld, type WatchedOptions, type WatchedWorld } from '../fixtures/watched-world.ts'

const WINDOW_MS = 6 * HOUR_MS
let flights: readonly RealFlight[]
let served: ReturnType<ReturnType<typeof servedBy>>[]
let world: WatchedWorld
let next = 0

beforeAll(async () => {
  flights = shuffled(await realFlights('2001-01-01', '2001-01-20', 15), 3)
  served = flights.slice(8_000).map(servedBy(learnLateness(flights.slice(0, 8_000))))
})
afterEach(() => world.close())

async function open(quality: string, more = '', options: Partial<WatchedOptions> = {}): Promise<void> {
  const contract = `name: trees
outcome: { name: late, arrives-within: 6h }
sufficient: { quality: { ${quality} } }
monitoring: { window: 6h${more} }
`
  const training = flights.slice(0, 8_000).map(({ inputs }) => inputs)
  world = await openWatchedWorld({ contract, training, ...options })
  next = 0
}
const take = (rows: number) => Array.from({ length: rows }, () => served[next++ % served.length]!)
const untold = ({ inputs, output }: (typeof served)[number]) => ({ inputs, output })

test('the quality of a span is estimated when it is over, and stands beside what was measured, with its error', async () => {
  await open('roc-auc: { min: 0.5 }, brier-score: { max: 0.3 }')
  for (let i = 0; i < 4 * 4; i++) await world.serve(take(400), WINDOW_MS)
  for (let i = 0; i < 4; i++) await world.serve(take(400).map(untold), WINDOW_MS)
  await world.watch()
  const windows = (await world.monitors.list('trees', 40)).toReversed()
  const measured = windows
    .flatMap(({ findings }) => findings)
    .filter(({ subject, kind }) => kind === 'quality' && subject === 'roc-auc')
  expect(measured).toHaveLength(4)
  expect(measured[0]).not.toHaveProperty('estimate')
  for (const { value, estimate, interval, coverage } of measured.slice(2)) {
    expect(Math.abs(estimate!.value - value!)).toBeLessThan(0.06)
    expect(estimate!.low).toBeLessThan(estimate!.value)
    expect(interval).toMatchObject({ confidence: 0.95 })
    expect(coverage).toBe(1)
  }
  expect(measured[3]!.estimateError!.windows).toBeGreaterThan(0)
  // The last whole day has no outcome yet, and is estimated all the same.
  expect(windows.at(-1)!.estimates.map(({ metric }) => metric)).toEqual(['roc-auc', 'brier-score'])
  expect(await world.incidents()).toEqual([])
}, 120_000)

test('of numbers, the expected error is learnt from the errors of the version', async () => {
  const delays = flights.slice(8_000)
  await open('mae: { max: 1000 }', '', { output: { name: 'late', type: 'number' } })
  const random = createRandom(4)
  const rows = (count: number) =>
    Array.from({ length: count }, () => {
      const { inputs } = delays[next++ % delays.length]!
      return { inputs, output: 10, outcome: 10 + (inputs.hour < 12 ? 1 : 8) * (random() - 0.5) }
    })
  for (let i = 0; i < 13; i++) await world.serve(rows(300), WINDOW_MS)
  await world.watch()
  const measured = (await world.monitors.list('trees', 40))
    .flatMap(({ findings }) => findings)
    .filter(({ subject }) => subject === 'mae')
  const [last] = measured
  expect(last!.estimate!.value).toBeCloseTo(last!.value!, 0)
  expect(last!.estimate!.low).toBeLessThan(last!.value!)
  expect(last!.estimate!.high).toBeGreaterThan(last!.value!)
}, 120_000)

test('outcomes that come after their span was judged are filled in, and what they say is told', async () => {
  await open('roc-auc: { min: 0.9 }')
  const [early, late] = [take(400), take(1_200)]
  await world.serve(early.slice(0, 40), WINDOW_MS)
  const ids = [
    ...(await world.serve(early.slice(40).map(untold), WINDOW_MS)),
    ...(await world.serve(late.map(untold), WINDOW_MS)),
  ]
  for (let i = 0; i < 3; i++) await world.serve([], WINDOW_MS)
  await world.watch()
  const quality = async () =>
    (await world.monitors.list('trees', 40)).flatMap(({ findings }) => findings).filter(({ subject }) => subject === 'roc-auc')
  expect(await quality()).toMatchObject([{ state: 'not-enough-data', coverage: 40 / 1_600 }])
  const told = [...early.slice(40), ...late].map(({ outcome }, i) => ({ id: ids[i]!, outcome: outcome! }))
  await world.tell(told)
  await world.watch()
  expect(await quality()).toMatchObject([{ state: 'breach', coverage: 1 }])
  expect(await world.incidents()).toEqual(expect.arrayContaining([expect.stringMatching(/^roc-auc 0\.\d+ .*100 % of 1,600/)]))
  expect(await world.watch()).toMatchObject({ windows: 0 })
  expect(await quality()).toMatchObject([{ state: 'breach', coverage: 1 }])
}, 120_000)

test('rows far from the training data are told with the predictions that show it', async () => {
  await open('roc-auc: { min: 0.5 }')
  for (let i = 0; i < 2; i++) await world.serve(take(400), WINDOW_MS)
  expect(await world.watch().then(() => world.breaches(2))).toEqual([])
  for (let i = 0; i < 2; i++)
    await world.serve(
      take(400).map((row, k) => (k % 20 === 0 ? { ...row, inputs: { ...row.inputs, distance: 9_000 } } : row)),
      WINDOW_MS,
    )
  await world.watch()
  expect(await world.breaches()).toContain('outliers rows')
  const incidents = (await world.desk.list({ limit: 5 })).items
  const { members } = await world.desk.get(incidents[0]!.id)
  const { finding } = members.find(({ finding: { measure } }) => measure === 'outliers')!
  const evidence = finding.evidence as { predictions: string[]; columns: { column: string }[] }
  expect(evidence.predictions).toHaveLength(10)
  expect(evidence.columns[0]!.column).toBe('distance')
}, 60_000)

test('rows that come twice, predictions that stopped hours ago and outcomes that never come are told', async () => {
  await open('roc-auc: { min: 0.5 }')
  for (let i = 0; i < 9; i++) await world.serve(take(400), WINDOW_MS)
  await world.serve(
    take(40).flatMap((row) => Array.from({ length: 10 }, () => row)),
    WINDOW_MS,
  )
  await world.watch()
  expect(await world.breaches()).toContain('duplicates *')
  await world.serve(take(300), WINDOW_MS / 2)
  world.clock.advance(WINDOW_MS / 2)
  await world.watch()
  expect(await world.breaches()).toEqual(['freshness predictions'])
  for (let i = 0; i < 9; i++) await world.serve(take(100).map(untold), WINDOW_MS)
  await world.watch()
  expect(await world.incidents()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Not one of .* outcomes that were due/)]),
  )
}, 60_000)
