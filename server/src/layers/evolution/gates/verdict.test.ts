import { expect, test } from 'vitest'
import type { Table } from '../../../kernel/table.ts'
import { wilsonInterval } from '../../../stats/wilson-interval.ts'
import { judgeLatency, requestsFor } from './latency.ts'
import { changedRows, decisionsOf } from './stability.ts'
import { judge, marginOf } from './verdict.ts'

const estimate = (low: number, value: number, high: number, rows = 1_000) => ({ low, value, high, rows })

test.each([
  ['all of it good enough', estimate(0.63, 0.65, 0.67), { min: 0.62 }, 'pass'],
  ['ending at the bound', estimate(0.62, 0.65, 0.67), { min: 0.62 }, 'pass'],
  ['none of it good enough', estimate(0.55, 0.58, 0.61), { min: 0.62 }, 'fail'],
  ['around the bound, value good', estimate(0.6, 0.65, 0.7), { min: 0.62 }, 'not-enough-data'],
  ['around the bound, value bad', estimate(0.55, 0.6, 0.65), { min: 0.62 }, 'not-enough-data'],
  ['below a maximum', estimate(1, 2, 3), { max: 3 }, 'pass'],
  ['above a maximum', estimate(4, 5, 6), { max: 3 }, 'fail'],
  ['between two ends', estimate(1, 2, 3), { min: 0, max: 3 }, 'pass'],
  ['wider than both ends', estimate(-1, 2, 5), { min: 0, max: 3 }, 'not-enough-data'],
  ['without an end', estimate(Number.NEGATIVE_INFINITY, 2, Number.POSITIVE_INFINITY), { max: 3 }, 'not-enough-data'],
] as const)('an interval %s: %#', (_, of, bound, verdict) => expect(judge(of, bound).verdict).toBe(verdict))

test('the rows that would settle it grow with the square of what is missing, and settle it', () => {
  const bound = { min: 0.6 }
  const few = wilsonInterval(65, 100)
  const { verdict, explanation } = judge(few, bound)
  expect(verdict).toBe('not-enough-data')
  const rows = Number(/About ([\d,]+) rows/.exec(explanation)![1]!.replaceAll(',', ''))
  expect(rows).toBeGreaterThan(300)
  expect(judge(wilsonInterval(rows * 0.65, rows), bound).verdict).toBe('pass')
  expect(judge(estimate(0.5, 0.6, 0.7), { min: 0.6 }).explanation).toMatch(/so near the bound/)
})

test('a version exactly at its bound passes one time in forty, and fails one time in forty', () => {
  // The sampling distribution of a share of 0.6 over 2,000 rows, by its quantiles.
  const shares = Array.from({ length: 4_000 }, (_, i) => {
    const u = (i + 0.5) / 4_000
    const z = Math.sign(u - 0.5) * Math.sqrt(-1.5 * Math.log(1 - (2 * u - 1) ** 2))
    return judge(wilsonInterval(1_200 + z * Math.sqrt(2_000 * 0.24), 2_000), { min: 0.6 }).verdict
  })
  const share = (verdict: string) => shares.filter((found) => found === verdict).length / shares.length
  expect(share('pass')).toBeCloseTo(0.025, 1)
  expect(share('fail')).toBeCloseTo(0.025, 1)
})

test('the margin is the distance to the nearer end, negative outside', () => {
  expect([marginOf(5, { min: 3 }), marginOf(5, { min: 3, max: 6 }), marginOf(5, { max: 4 })]).toEqual([2, 1, -1])
})

const measured = (latencies: readonly number[], more: object = {}) => ({
  latenciesMs: Float64Array.from(latencies),
  delaysMs: new Float64Array(latencies.length),
  requestsPerSecond: 200,
  bodiesTaken: 1,
  ...more,
})
const load = { p: 0.99, rate: 200, max: 20 }

test('a slow answer on a busy machine is not enough data, a fast one stands', () => {
  const busy = measured([1, 2], { delaysMs: Float64Array.of(0, 30) })
  expect(judgeLatency(busy, estimate(25, 30, 40), load)).toMatchObject({
    verdict: 'not-enough-data',
    explanation: expect.stringMatching(/too busy.*30 ms late/),
  })
  expect(judgeLatency(busy, estimate(5, 6, 7), load).verdict).toBe('pass')
  expect(judgeLatency(measured([1]), estimate(25, 30, 40), load).verdict).toBe('fail')
})

test('a load that the generator did not make is no verdict, and one that the version did not take is a failure', () => {
  const late = measured([1, 2], { requestsPerSecond: 150, delaysMs: Float64Array.of(9, 9) })
  expect(judgeLatency(late, estimate(1, 2, 3), load)).toMatchObject({
    verdict: 'not-enough-data',
    explanation: 'Only 150 requests/s could be made on this machine, so 200 were not measured.',
  })
  const lost = measured([1, Number.POSITIVE_INFINITY], { requestsPerSecond: 100 })
  expect(judgeLatency(lost, estimate(1, 2, 3), load)).toMatchObject({
    verdict: 'fail',
    explanation: expect.stringMatching(/1 of 2 requests were not answered/),
  })
})

test('the load lasts ten seconds, longer at slow rates, and is bounded', () => {
  expect(requestsFor(200, 0.99)).toBe(2_000)
  expect(requestsFor(20, 0.99)).toBe(736)
  expect(requestsFor(1, 0.99)).toBe(60)
  expect(requestsFor(100_000, 0.99)).toBe(200_000)
})

const field = (type: 'probability' | 'number' | 'integer', name = 'y') =>
  ({ name, type, graphOutput: 'o', element: 'float32' }) as const
const said = (...values: number[]): Table => ({
  rowCount: values.length,
  columns: new Map([['y', { type: 'number', values: Float64Array.from(values) }]]),
})

test('a decision changes when yes becomes no, and not when a probability moves', () => {
  const of = (...values: number[]) => decisionsOf(field('probability'), said(...values))
  expect(changedRows(of(0.1, 0.4, 0.6, Number.NaN), of(0.2, 0.6, 0.9, Number.NaN))).toBe(1)
  expect(changedRows(of(0.1), decisionsOf(field('number'), said(0.1)))).toBe(1)
})

test('a number changes when it moves by more than a tenth of the spread of the champion', () => {
  const of = (...values: number[]) => decisionsOf(field('number'), said(...values))
  expect(changedRows(of(0, 10, 20, 30), of(0.5, 10, 21.5, Number.NaN))).toBe(2)
  expect(changedRows(decisionsOf(field('integer'), said(1, 2)), decisionsOf(field('integer'), said(1, 3)))).toBe(1)
})

test('of several classes the likeliest is the decision, by its name and not by its place', () => {
  const classes = (order: readonly string[], rows: readonly (readonly number[])[]) => {
    const columns = order.map((label, i) => {
      const values = Float64Array.from(rows, (row) => row[i]!)
      return [`y[${label}]`, { type: 'number', values }] as const
    })
    const output = { name: 'y', type: 'probabilities', graphOutput: 'o', element: 'float32', classes: order } as const
    return decisionsOf(output, { rowCount: rows.length, columns: new Map(columns) })
  }
  const before = classes(
    ['a', 'b'],
    [
      [0.9, 0.1],
      [0.2, 0.8],
    ],
  )
  expect(
    changedRows(
      before,
      classes(
        ['b', 'a'],
        [
          [0.4, 0.6],
          [0.3, 0.7],
        ],
      ),
    ),
  ).toBe(1)
})
