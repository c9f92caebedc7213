import { mkdtempSync, rmSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSqlEngine, type SqlEngine, type SqlSession, sqlText } from '../../../platform/sql/sql-engine.ts'
import { normalQuantile } from '../../../stats/normal.ts'
import { createRandom } from '../../../stats/random.ts'
import { unitConversions } from '../../../stats/unit-conversions.ts'
import { findRescaling, type QuantileSample } from './rescaling.ts'

const PROBABILITIES = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]

function sampleOf(values: Float64Array): QuantileSample {
  const sorted = values.toSorted()
  const at = (p: number) => sorted[Math.floor(p * (sorted.length - 1))]!
  return { count: values.length, probabilities: PROBABILITIES, quantiles: PROBABILITIES.map(at) }
}
const random = createRandom(1)
const drawn = (count: number, of: (z: number) => number): Float64Array =>
  Float64Array.from({ length: count }, () => of(normalQuantile(random() || 0.5)))
const lognormal = (z: number) => Math.exp(6.5 + 0.7 * z)
/** Around 12 degrees, winter and summer. */
const degrees = (z: number) => 12 + 8 * z

test.each(unitConversions.map((conversion) => [conversion.name, conversion] as const))(
  '%s is found where the contract names the unit, on new rows that also drifted a little',
  (_, { name, factor, offset, from: [unit] }) => {
    // The temperature is the same in any unit, so the reference is one in the unit that the conversion starts from.
    const from = offset === 0 ? lognormal : offset > 0 ? degrees : (z: number) => (degrees(z) - offset) / factor
    const window = drawn(2_000, (z) => factor * from(z + 0.02) + offset)
    const found = findRescaling(sampleOf(drawn(5_000, from)), sampleOf(window), unit)
    expect([found?.conversion, ...(found?.alternatives ?? [])].map((one) => one?.name)).toContain(name)
    expect(found!.confidence).toBeGreaterThan(0.8)
    expect(found!.factorMeasured / factor).toBeCloseTo(1, 0)
  },
)

test('it says what it found in a sentence', () => {
  const found = findRescaling(sampleOf(drawn(5_000, degrees)), sampleOf(drawn(5_000, (z) => 1.8 * degrees(z) + 32)), '°C')
  expect(found!.explanation).toMatch(
    /^The median went from 1\d.* to 5\d.* and the spread changed by 1\.\d+: as if the values were now converted from celsius to fahrenheit \(times 1\.8 and plus 32\)\.$/,
  )
})

test('the unit of the contract decides between conversions that are alike', () => {
  const [reference, window] = [sampleOf(drawn(5_000, lognormal)), sampleOf(drawn(5_000, (z) => 1_000 * lognormal(z)))]
  expect(findRescaling(reference, window, 'kg')!.conversion.name).toBe('kilograms to grams')
  expect(findRescaling(reference, window, 's')!.conversion.name).toBe('seconds to milliseconds')
})

test('ordinary drift is hardly ever taken for a conversion', () => {
  let fooled = 0
  const trials = 1_000
  for (let trial = 0; trial < trials; trial++) {
    const [shift, stretch] = [normalQuantile(random() || 0.5) * 0.4, Math.exp(normalQuantile(random() || 0.5) * 0.25)]
    const skew = random() * 0.2
    const of = trial % 2 === 0 ? (z: number) => 100 + 30 * z : lognormal
    const moved = (z: number) => of((z + skew * (z * z - 1)) * stretch + shift)
    if (findRescaling(sampleOf(drawn(500, of)), sampleOf(drawn(500, moved))) !== undefined) fooled++
  }
  expect(fooled / trials).toBeLessThan(0.02)
})

test('small samples, constant columns and nothing at all explain nothing', () => {
  const large = sampleOf(drawn(1_000, lognormal))
  expect(findRescaling(large, sampleOf(drawn(20, (z) => 1_000 * lognormal(z))))).toBeUndefined()
  expect(findRescaling(sampleOf(new Float64Array(100).fill(5)), large)).toBeUndefined()
  expect(findRescaling(large, large)).toBeUndefined()
  expect(() => findRescaling(large, { ...large, quantiles: [] })).toThrow(expect.objectContaining({ code: 'EMPTY_SAMPLE' }))
  expect(() => findRescaling({ ...large, quantiles: large.quantiles.map(() => Number.NaN) }, large)).toThrow(
    expect.objectContaining({ code: 'NOT_A_NUMBER' }),
  )
})

const FLIGHTS = path.join(path.dirname(findPackageJSON('vega-datasets', import.meta.url)!), 'data/flights-3m.parquet')
let folder: string
let engine: SqlEngine
let session: SqlSession
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rescaling-'))
  engine = createSqlEngine({ memoryBytesMax: 500_000_000, tempFolder: folder })
  session = await engine.session()
})
afterAll(() => {
  session.close()
  engine.close()
  rmSync(folder, { recursive: true })
})

/** Quantiles of the distances of real flights, a sample for each value of an expression. */
async function flightsBy(group: string): Promise<QuantileSample[]> {
  const rows = await session.rows(
    `SELECT count(*)::DOUBLE AS n, ${PROBABILITIES.map((p, i) => `quantile_cont(distance, ${p})::DOUBLE AS q${i}`).join(', ')}
       FROM read_parquet(${sqlText(FLIGHTS)}) GROUP BY ${group} ORDER BY min(date)`,
  )
  return rows.map((row) => ({
    count: row['n'] as number,
    probabilities: PROBABILITIES,
    quantiles: PROBABILITIES.map((_, i) => row[`q${i}`] as number),
  }))
}
const inKilometres = (miles: QuantileSample) => ({ ...miles, quantiles: miles.quantiles.map((distance) => distance * 1.609344) })

test(
  'nearly every day of real flights in kilometres is found out, and no day in miles is suspected',
  { timeout: 30_000 },
  async () => {
    const [january] = await flightsBy('month(date)')
    const days = (await flightsBy('date::DATE')).slice(31)
    expect(days.length).toBeGreaterThan(140)
    const found = days.map((day) => findRescaling(january!, inKilometres(day), 'miles')?.conversion.name)
    expect(days.map((day) => findRescaling(january!, day, 'miles'))).toEqual(days.map(() => undefined))
    expect(found.filter((name) => name === 'miles to kilometres').length / days.length).toBeGreaterThan(0.95)
    expect(new Set(found)).toEqual(new Set(['miles to kilometres', undefined]))
  },
)

test(
  'the flights of one airport are not those of all, and are hardly ever taken for other units',
  { timeout: 30_000 },
  async () => {
    const [january] = await flightsBy('month(date)')
    const airports = (await flightsBy('origin')).filter(({ count }) => count >= 200)
    const suspected = airports.filter((airport) => findRescaling(january!, airport) !== undefined)
    expect(airports.length).toBeGreaterThan(150)
    expect(suspected.length / airports.length).toBeLessThan(0.03)
  },
)
