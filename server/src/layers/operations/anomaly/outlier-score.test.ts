import { expect, test } from 'vitest'
import { readFlights } from '../../../../test/fixtures/real-flights.ts'
import { type Instance, instancesOf, type Table } from '../../../kernel/table.ts'
import { createRandom } from '../../../stats/random.ts'
import type { Baseline, BaselineColumn, InputField } from '../../model/index.ts'
import { createOutlierScore } from './outlier-score.ts'

const random = createRandom(4)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const exponential = () => -Math.log(1 - random())

/** As profileData does, of columns in memory: quantiles linear between neighbours. */
function profileOf(table: Readonly<Record<string, readonly (number | string | null)[]>>): Baseline {
  const rows = Object.values(table)[0]!.length
  const columns = Object.entries(table).map(([name, values]): BaselineColumn => {
    const present = values.filter((value) => value !== null)
    const missing = rows - present.length
    const distinct = new Set(present).size
    if (typeof present[0] === 'string') {
      const counts = Map.groupBy(present as string[], (value) => value)
      const known = [...counts].map(([value, same]) => [value, same.length] as [string, number])
      return { name, type: 'text', missing, distinct, values: known.toSorted((a, b) => b[1] - a[1]), rest: 0, length: null }
    }
    const sorted = (present as number[]).toSorted((a, b) => a - b)
    const quantiles = Array.from({ length: 21 }, (_, i) => {
      const at = (i * (sorted.length - 1)) / 20
      const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!]
      return low + (high - low) * (at - Math.floor(at))
    })
    const whole = sorted.every(Number.isInteger)
    const spread = { min: sorted[0]!, max: sorted.at(-1)!, mean: null, std: null }
    const histogram = { edges: [], counts: [0] }
    return { name, type: 'number', missing, distinct, nan: 0, infinite: 0, whole, ...spread, quantiles, histogram }
  })
  return { format: 'seaworthy-baseline/1', rows, columns }
}
const inputsOf = (baseline: Baseline): { inputs: InputField[] } => ({
  inputs: baseline.columns.map(({ name }) => ({ name, type: 'number', nullable: true })),
})
const scorerOf = (baseline: Baseline) => createOutlierScore(baseline, inputsOf(baseline))
const shareAbove = (scores: readonly number[], s: number) => scores.filter((score) => score > s).length / scores.length
const made = (rows: number, value: () => number | string | null) => Array.from({ length: rows }, value)

test('of rows like those of the training data a share of ten to the minus s exceeds s', () => {
  const row = (): Instance => ({ a: normal(), b: exponential(), c: random() * 7 })
  const training = Array.from({ length: 20_000 }, row)
  const columnOf = (name: string) => training.map((instance) => instance[name] as number)
  const { score } = scorerOf(profileOf({ a: columnOf('a'), b: columnOf('b'), c: columnOf('c') }))
  const scores = Array.from({ length: 200_000 }, () => score(row()))
  for (const s of [0.5, 1, 2, 3]) {
    expect(shareAbove(scores, s) / 10 ** -s, `score ${s}`).toBeGreaterThan(0.6)
    expect(shareAbove(scores, s) / 10 ** -s, `score ${s}`).toBeLessThan(1.5)
  }
})

test('of real flights of another week the share is about right, and never twice as large', async () => {
  const columns = ['hour', 'weekday', 'distance', 'origin', 'destination']
  const rowsOf = (table: Table) => instancesOf(table, columns, Array(table.rowCount).keys())
  const training = rowsOf(await readFlights('2001-01-01', '2001-01-29', 5))
  const { score } = scorerOf(
    profileOf(Object.fromEntries(columns.map((name) => [name, training.map((instance) => instance[name] as number)]))),
  )
  const scores = rowsOf(await readFlights('2001-02-05', '2001-02-12', 2)).map(score)
  expect(scores.length).toBeGreaterThan(30_000)
  for (const s of [1, 2, 3]) expect(shareAbove(scores, s), `score ${s}`).toBeLessThan(2 * 10 ** -s)
  for (const s of [1, 2]) expect(shareAbove(scores, s), `score ${s}`).toBeGreaterThan(0.3 * 10 ** -s)
})

test('a value beyond everything seen scores higher the farther out it lies', () => {
  const { score, explain } = scorerOf(profileOf({ a: made(5_000, normal), b: made(5_000, normal) }))
  const scores = [0, 2, 4, 6, 10].map((a) => score({ a, b: 0 }))
  expect(scores).toEqual(scores.toSorted((x, y) => x - y))
  expect(scores[4]).toBeGreaterThan(scores[2]! + 2)
  expect(explain({ a: 6, b: 0 })[0]).toMatchObject({ column: 'a' })
  expect(score({ a: 1e300, b: 0 })).toBeLessThan(13)
  expect(score({ a: Number.NaN, b: 0 })).toBeGreaterThan(3)
})

test('a category is as far out as it is rare, and an unknown one farther than any', () => {
  const pick = () => (random() < 0.9 ? 'often' : random() < 0.9 ? 'seldom' : 'rare')
  const { score } = scorerOf(profileOf({ place: made(10_000, pick) }))
  expect(score({ place: 'often' })).toBe(0)
  expect(score({ place: 'seldom' })).toBeCloseTo(1, 1)
  expect(score({ place: 'rare' })).toBeCloseTo(2, 1)
  expect(score({ place: 'Atlantis' })).toBeGreaterThan(3.5)
})

test('what is missing counts by how often it was missing', () => {
  const { score } = scorerOf(profileOf({ a: made(10_000, () => (random() < 0.1 ? null : normal())), b: made(10_000, normal) }))
  expect(score({ a: null, b: 0 })).toBeLessThan(1)
  expect(score({ a: 0 })).toBeGreaterThan(3.5)
})

test('a column of few numbers is never called far out without need, and one without values says nothing', () => {
  const { score } = scorerOf(profileOf({ hour: made(5_000, () => Math.floor(random() * 24)), none: made(5_000, () => null) }))
  for (let hour = 0; hour < 24; hour++) expect(score({ hour })).toBeLessThan(1.4)
  expect(score({ hour: 300 })).toBeGreaterThan(1.4)
})
