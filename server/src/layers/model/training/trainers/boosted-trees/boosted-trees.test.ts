import { expect, test } from 'vitest'
import type { Column, Table } from '../../../../../kernel/table.ts'
import { createRandom } from '../../../../../stats/random.ts'
import { trainBoostedTrees } from './boosted-trees.ts'

const ROWS = 4_000

function numbers(type: 'number' | 'boolean', make: (row: number) => number): Column {
  return { type, values: Float64Array.from({ length: ROWS }, (_, row) => make(row)) }
}
function texts(dictionary: readonly string[], make: (row: number) => number): Column {
  return { type: 'text', dictionary, codes: Int32Array.from({ length: ROWS }, (_, row) => make(row)) }
}
const tableOf = (columns: Record<string, Column>, rowCount = ROWS): Table => ({
  rowCount,
  columns: new Map(Object.entries(columns)),
})
const values = (column: Column) => (column.type === 'text' ? column.codes : column.values)
const meanSquare = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0) / a.length

/** Two numbers and a category of twelve, and an outcome made of them. */
function madeUp(seed = 1) {
  const random = createRandom(seed)
  const x = numbers('number', () => random())
  const y = numbers('number', () => random())
  const city = texts(
    Array.from({ length: 12 }, (_, i) => `city ${i}`),
    () => Math.floor(random() * 12),
  )
  const signal = (row: number) => Math.sin(6 * values(x)[row]!) + values(y)[row]! ** 2 + (values(city)[row]! % 3)
  const amount = numbers('number', (row) => signal(row) + (random() - 0.5) / 5)
  const happens = numbers('boolean', (row) => (random() < 1 / (1 + Math.exp(3 - 2 * signal(row))) ? 1 : 0))
  return { x, y, city, amount, happens }
}

test('a number is learned down to its noise, on rows that training has not seen', async () => {
  const { x, y, city, amount } = madeUp()
  const model = await trainBoostedTrees(tableOf({ x, y, city, amount }), { outcome: 'amount' })
  const fresh = madeUp(2)
  const error = meanSquare(model.predict(tableOf({ x: fresh.x, y: fresh.y, city: fresh.city })), values(fresh.amount))
  const noise = 0.2 ** 2 / 12
  expect(error).toBeLessThan(2 * noise)
  expect(model.output).toEqual({ name: 'amount', type: 'number' })
})

test('a probability is learned, and the columns that decide it are named', async () => {
  const { x, y, city, happens } = madeUp()
  const chance = numbers('number', (row) => row % 97)
  const model = await trainBoostedTrees(tableOf({ x, y, city, chance, happens }), { outcome: 'happens', learningRate: 0.05 })
  const predicted = model.predict(tableOf({ x, y, city, chance }))
  expect(Math.min(...predicted)).toBeGreaterThan(0)
  expect(Math.max(...predicted)).toBeLessThan(1)
  expect(model.metrics['validation-loss']).toBeLessThan(0.58)
  expect([...model.importances.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
  expect(model.importances.get('chance')).toBeLessThan(0.1)
})

test('the same seed gives the same bytes, another seed another model', async () => {
  const { x, y, city, happens } = madeUp()
  const train = (seed: number) =>
    trainBoostedTrees(tableOf({ x, y, city, happens }), {
      outcome: 'happens',
      seed,
      treesMax: 20,
      rowShare: 0.7,
      columnShare: 0.6,
    })
  const [first, second, other] = await Promise.all([train(5), train(5), train(6)])
  expect(Buffer.from(first.toOnnx()).equals(second.toOnnx())).toBe(true)
  expect(Buffer.from(first.toOnnx()).equals(other.toOnnx())).toBe(false)
})

test('training stops when held-back rows stop gaining, and keeps the trees up to the best', async () => {
  const random = createRandom(3)
  const noise = numbers('number', () => random())
  const coin = numbers('boolean', () => (random() < 0.5 ? 1 : 0))
  const model = await trainBoostedTrees(tableOf({ noise, coin }), { outcome: 'coin', patience: 10 })
  expect(model.metrics['trees-grown']).toBeLessThan(60)
  expect(model.metrics['trees']).toBe(model.metrics['trees-grown']! - 10)
})

test('later rows can be given to judge by', async () => {
  const { x, y, city, amount } = madeUp()
  const later = madeUp(2)
  const validation = tableOf({ x: later.x, y: later.y, city: later.city, amount: later.amount })
  const model = await trainBoostedTrees(tableOf({ x, y, city, amount }), { outcome: 'amount', treesMax: 50 }, { validation })
  expect(model.metrics['validation-rows']).toBe(ROWS)
  expect(model.metrics['validation-loss']).toBeCloseTo(meanSquare(model.predict(validation), values(later.amount)), 6)
})

test('what is missing goes where missing rows went in training', async () => {
  const random = createRandom(4)
  const x = numbers('number', () => (random() < 0.3 ? Number.NaN : random()))
  const y = numbers('number', (row) => (Number.isNaN(values(x)[row]!) ? 5 : values(x)[row]!))
  const model = await trainBoostedTrees(tableOf({ x, y }), { outcome: 'y' })
  const asked = { type: 'number' as const, values: Float64Array.of(Number.NaN, 0.25) }
  const [missing, present] = model.predict(tableOf({ x: asked }, 2))
  expect(missing).toBeCloseTo(5, 1)
  expect(present).toBeCloseTo(0.25, 1)
})

test('a category that training has not seen counts as missing', async () => {
  const { city, amount } = madeUp()
  const model = await trainBoostedTrees(tableOf({ city, amount }), { outcome: 'amount' })
  const asked: Column = { type: 'text', dictionary: ['Atlantis', 'city 1'], codes: Int32Array.of(0, -1, 1) }
  const [unseen, missing, seen] = model.predict(tableOf({ city: asked }, 3))
  expect(unseen).toBe(missing)
  expect(seen).not.toBe(missing)
})

test('rare categories of noise are not believed', async () => {
  const random = createRandom(8)
  const flight = texts(
    Array.from({ length: 200 }, (_, i) => `flight ${i}`),
    () => Math.floor(random() * 200),
  )
  const coin = numbers('boolean', () => (random() < 0.5 ? 1 : 0))
  const options = { outcome: 'coin', treesMax: 20, validationShare: 0 }
  const careful = await trainBoostedTrees(tableOf({ flight, coin }), options)
  const careless = await trainBoostedTrees(tableOf({ flight, coin }), {
    ...options,
    categoryRowsMin: 1,
    categorySmoothing: 0,
    categoryL2: 0,
  })
  const furthest = (predictions: Float64Array) => Math.max(...predictions.map((p) => Math.abs(p - 0.5)))
  expect(furthest(careful.predict(tableOf({ flight })))).toBeLessThan(furthest(careless.predict(tableOf({ flight }))))
})

test('training goes on from its own file, and keeps what it knew', async () => {
  const { x, y, city, amount } = madeUp()
  const table = tableOf({ x, y, city, amount })
  const options = { outcome: 'amount', treesMax: 15, validationShare: 0 }
  const first = await trainBoostedTrees(table, options)
  const renamed: Column = {
    type: 'text',
    dictionary: ['Atlantis', ...(city.type === 'text' ? city.dictionary : [])],
    codes: city.type === 'text' ? city.codes.map((code) => (code === 3 ? 0 : code + 1)) : new Int32Array(0),
  }
  const warm = await trainBoostedTrees(tableOf({ x, y, city: renamed, amount }), options, { previous: first.toOnnx() })
  expect(warm.metrics['trees']).toBe(30)
  expect(warm.metrics['training-loss']).toBeLessThan(first.metrics['training-loss']!)
  const twice = await trainBoostedTrees(table, { ...options, treesMax: 30 })
  const inSteps = await trainBoostedTrees(table, options, { previous: first.toOnnx() })
  expect(meanSquare(inSteps.predict(table), twice.predict(table))).toBeLessThan(1e-6)
})

test('a previous model that is something else is refused with the reason', async () => {
  const { x, y, city, amount } = madeUp()
  const table = tableOf({ x, y, city, amount })
  const previous = (await trainBoostedTrees(table, { outcome: 'amount', treesMax: 2 })).toOnnx()
  const onFrom = (bytes: Uint8Array, options = {}) =>
    trainBoostedTrees(table, { outcome: 'amount', treesMax: 2, ...options }, { previous: bytes })
  await expect(onFrom(previous, { columns: ['x', 'y'] })).rejects.toThrow(/list of columns is x, y, city, and now it is x, y/)
  await expect(onFrom(Buffer.from('not a model'))).rejects.toMatchObject({ code: 'PREVIOUS_MODEL_UNFIT' })
  const damaged = Buffer.from(Buffer.from(previous).toString('latin1').replace('"lefts":[', '"lefts":[0,'), 'latin1')
  await expect(onFrom(damaged)).rejects.toMatchObject({ code: 'PREVIOUS_MODEL_UNFIT' })
})

test.each([
  ['an outcome that is not there', { outcome: 'z' }, /no column "z" to learn/],
  ['a text as outcome', { outcome: 'city' }, /outcome "city" is text/],
  ['an option out of its bounds', { outcome: 'amount', depthMax: 99 }, /depthMax/],
  ['an option that does not exist', { outcome: 'amount', depth: 3 }, /"depth"/],
  ['log loss of a number', { outcome: 'amount', objective: 'log-loss' as const }, /outcome "amount" of row 0 is/],
])('%s is refused', async (_, options, reason) => {
  const { x, city, amount } = madeUp()
  await expect(trainBoostedTrees(tableOf({ x, city, amount }), options)).rejects.toThrow(reason)
})

test('training stops when it is told to', async () => {
  const { x, y, amount } = madeUp()
  const stop = new AbortController()
  const seen: number[] = []
  const training = trainBoostedTrees(
    tableOf({ x, y, amount }),
    { outcome: 'amount', treesMax: 10_000, validationShare: 0 },
    {
      signal: stop.signal,
      onProgress({ done }) {
        seen.push(done)
        if (done === 3) stop.abort(new Error('enough'))
      },
    },
  )
  await expect(training).rejects.toThrow('enough')
  expect(seen).toEqual([1, 2, 3])
})
