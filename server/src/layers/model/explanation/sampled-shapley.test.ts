import { expect, test } from 'vitest'
import type { Column, Table } from '../../../kernel/table.ts'
import { createRandom } from '../../../stats/random.ts'
import type { Scorer } from '../inference/scorer.ts'
import { explainRow } from './sampled-shapley.ts'

const random = createRandom(7)
const numbers = (length: number): Column => ({ type: 'number', values: Float64Array.from({ length }, random) })
const ROWS = 6
const table: Table = {
  rowCount: ROWS,
  columns: new Map<string, Column>([
    ['a', numbers(ROWS)],
    ['b', numbers(ROWS)],
    ['c', numbers(ROWS)],
    ['place', { type: 'text', codes: Int32Array.of(2, 0, 1, 1, 0, 1), dictionary: ['north', 'south', 'west'] }],
  ]),
}
const signature = {
  inputs: ['a', 'b', 'c', 'place'].map((name) => ({ name, type: 'number', nullable: true }) as const),
}
type Model = (a: number, b: number, c: number, place: string) => number

/** A function as a model: what it says of each row of a table. */
const scorerOf = (model: Model): Scorer => ({
  score: async ({ rowCount, columns }) => {
    const at = (name: string, row: number) => {
      const column = columns.get(name)!
      return column.type === 'text' ? column.dictionary[column.codes[row]!]! : column.values[row]!
    }
    const say = (row: number) => model(Number(at('a', row)), Number(at('b', row)), Number(at('c', row)), String(at('place', row)))
    return {
      rowCount,
      columns: new Map([['y', { type: 'number', values: Float64Array.from({ length: rowCount }, (_, row) => say(row)) }]]),
    }
  },
})
const background = [1, 2, 3, 4, 5]
const explain = (model: Model, options: { ordersPerRow?: number; background?: number[] } = {}) =>
  explainRow({ scorer: scorerOf(model), signature, table, row: 0, background, output: 'y', ...options })

const valueOf = (name: string, row: number) => {
  const column = table.columns.get(name)!
  return column.type === 'text' ? column.codes[row]! : column.values[row]!
}
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

test('columns of a linear model contribute their weight times their distance from the mean, whatever the orders', async () => {
  const { contributions, baseValue, prediction } = await explain((a, b) => 3 + 2 * a - 5 * b, { ordersPerRow: 1 })
  const expected = [2, -5, 0, 0].map((weight, i) => {
    const name = signature.inputs[i]!.name
    return weight * (valueOf(name, 0) - mean(background.map((row) => valueOf(name, row))))
  })
  contributions.forEach(({ value }, i) => expect(value).toBeCloseTo(expected[i]!, 12))
  expect(baseValue + contributions.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(prediction, 12)
  expect(contributions.map(({ column }) => column)).toEqual(['a', 'b', 'c', 'place'])
})

test('an additive model of any shape is shared out exactly against one background row, with no error', async () => {
  const points: Readonly<Record<string, number>> = { north: 1, south: -4, west: 9 }
  const { contributions } = await explain((a, b, _, place) => Math.exp(a) + b ** 3 + points[place]!, { background: [1] })
  const [a, b, c, place] = contributions
  expect(a!.value).toBeCloseTo(Math.exp(valueOf('a', 0)) - Math.exp(valueOf('a', 1)), 12)
  expect(b!.value).toBeCloseTo(valueOf('b', 0) ** 3 - valueOf('b', 1) ** 3, 12)
  expect(c!.value).toBe(0)
  expect(place!.value).toBeCloseTo(points['west']! - points['north']!, 12)
  expect(Math.max(...contributions.map(({ standardError }) => standardError))).toBeLessThan(1e-9)
})

const wild: Model = (a, b, c, place) => a * b * (place === 'west' ? 3 : 1) + Math.sin(5 * b * c) - (a > c ? 2 : 0)

/** Shapley's formula itself: every subset of the other columns, with its weight. */
function exactShapley(model: Model): number[] {
  const columns = signature.inputs.map(({ name }) => name)
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  const worth = (subset: number) =>
    mean(
      background.map((from) => {
        const pick = (i: number) => valueOf(columns[i]!, (subset & (1 << i)) === 0 ? from : 0)
        const place = table.columns.get('place')!
        return model(pick(0), pick(1), pick(2), place.type === 'text' ? place.dictionary[pick(3)]! : '')
      }),
    )
  return columns.map((_, i) => {
    let sum = 0
    for (let subset = 0; subset < 16; subset++) {
      if ((subset & (1 << i)) !== 0) continue
      const size = [0, 1, 2, 3].filter((j) => (subset & (1 << j)) !== 0).length
      sum += ((factorial(size) * factorial(3 - size)) / factorial(4)) * (worth(subset | (1 << i)) - worth(subset))
    }
    return sum
  })
}

test('a model full of interactions is shared out as the formula over all subsets does', async () => {
  const exact = exactShapley(wild)
  const { contributions } = await explain(wild, { ordersPerRow: 4_000 })
  contributions.forEach(({ value }, i) => expect(value).toBeCloseTo(exact[i]!, 2))
})

test('few orders already add up, and the standard errors say how far off they may be', async () => {
  const exact = exactShapley(wild)
  const { contributions, baseValue, prediction, rowsScored } = await explain(wild, { ordersPerRow: 8 })
  expect(baseValue + contributions.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(prediction, 10)
  expect(rowsScored).toBe(6 + 5 * 16 * 3)
  contributions.forEach(({ value, standardError }, i) =>
    expect(Math.abs(value - exact[i]!)).toBeLessThan(4 * standardError + 1e-9),
  )
})

test('the same seed gives the same explanation', async () => {
  expect(await explain(wild)).toEqual(await explain(wild))
})

test('a label has no explanation, and the outputs that there are get named', async () => {
  const label: Scorer = {
    score: async ({ rowCount }) => ({
      rowCount,
      columns: new Map([['kind', { type: 'text', codes: new Int32Array(rowCount), dictionary: ['x'] }]]),
    }),
  }
  const ask = (output: string) => explainRow({ scorer: label, signature, table, row: 0, background, output })
  await expect(ask('kind')).rejects.toMatchObject({ code: 'EXPLANATION_IMPOSSIBLE', message: expect.stringMatching(/label/) })
  await expect(ask('y')).rejects.toThrow(/there are kind/)
})
