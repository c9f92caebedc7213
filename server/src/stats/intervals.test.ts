import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bootstrapInterval } from './bootstrap-interval.ts'
import { meanInterval } from './mean-interval.ts'
import { orderStatisticInterval, rowsForUpperEnd } from './order-statistic-interval.ts'
import { createRandom } from './random.ts'
import { wilsonInterval } from './wilson-interval.ts'

// scipy.stats.binomtest(k, n).proportion_ci(.95, 'wilson')
test("a share has Wilson's interval", () => {
  const cases = [
    [1297, 2000, 0.6273091553210962, 0.6691214816363719],
    [0, 10, 0, 0.27753279986288926],
    [10, 10, 0.7224672001371109, 1],
    [3, 7, 0.1582198552514697, 0.7495416354723428],
  ] as const
  for (const [successes, rows, low, high] of cases) {
    const interval = wilsonInterval(successes, rows)
    expect(interval.low).toBeCloseTo(low, 10)
    expect(interval.high).toBeCloseTo(high, 10)
  }
  expect(() => wilsonInterval(0, 0)).toThrow(expect.objectContaining({ code: 'EMPTY_SAMPLE' }))
})

// l = max{l : binom.cdf(l-1, n, p) <= .025}, u = min{u : binom.sf(u-1, n, p) <= .025} with scipy.stats.binom
test('a quantile lies between the order statistics that the binomial names', () => {
  const cases = [
    [2000, 0.99, 1971, 1989],
    [368, 0.99, 360, 368],
    [367, 0.99, 359, Number.POSITIVE_INFINITY],
    [100, 0.5, 40, 61],
    [10, 0.5, 2, 9],
    [5, 0.5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    [50_000, 0.999, 49_936, 49_964],
  ] as const
  for (const [rows, p, low, high] of cases) {
    const values = Float64Array.from({ length: rows }, (_, i) => rows - i)
    expect(orderStatisticInterval(values, p)).toMatchObject({ value: Math.ceil(rows * p - 1e-9), low, high })
  }
  expect(rowsForUpperEnd(0.99)).toBe(368)
})

test('a skewed p99 is held as often as it is said to be', () => {
  const random = createRandom(5)
  const truth = -Math.log(0.01)
  let held = 0
  for (let trial = 0; trial < 500; trial++) {
    const values = Float64Array.from({ length: 1_000 }, () => -Math.log(1 - random()))
    const { low, high } = orderStatisticInterval(values, 0.99)
    if (low <= truth && truth <= high) held++
  }
  expect(held / 500).toBeGreaterThan(0.93)
})

// scipy.stats.t.interval(.95, n-1, loc=x.mean(), scale=scipy.stats.sem(x)), x = [1, 2, 4, 8]
test("a mean has Student's interval, and one row none", () => {
  const interval = meanInterval(Float64Array.of(1, 2, 4, 8))
  expect(interval.value).toBe(3.75)
  expect(interval.low).toBeCloseTo(-1.175943048230261, 9)
  expect(meanInterval(Float64Array.of(3))).toMatchObject({ value: 3, low: -Infinity, high: Infinity })
})

// scipy.stats.bootstrap((np.exp(np.arange(50)/10),), np.mean, n_resamples=100000, method='BCa'): 19.755, 39.259
test('a skewed mean has the BCa interval of scipy', () => {
  const values = Float64Array.from({ length: 50 }, (_, i) => Math.exp(i / 10))
  const ones = new Float64Array(50).fill(1)
  const { value, low, high } = bootstrapInterval([values, ones], (sums) => sums[0]! / sums[1]!, { replicates: 50_000 })
  expect(value).toBeCloseTo(28.03306499550472, 10)
  expect(low).toBeGreaterThan(19.55)
  expect(low).toBeLessThan(19.95)
  expect(high).toBeGreaterThan(38.9)
  expect(high).toBeLessThan(39.65)
})

test('grouped rows have the spread of single rows, and a seed repeats', () => {
  const random = createRandom(9)
  const values = Float64Array.from({ length: 100_000 }, () => random())
  const ones = new Float64Array(100_000).fill(1)
  const mean = (sums: Float64Array) => sums[0]! / sums[1]!
  const interval = bootstrapInterval([values, ones], mean)
  const expected = 3.92 * Math.sqrt(1 / 12 / 100_000)
  expect((interval.high - interval.low) / expected).toBeGreaterThan(0.94)
  expect((interval.high - interval.low) / expected).toBeLessThan(1.06)
  expect(bootstrapInterval([values, ones], mean)).toEqual(interval)
})

test('every interval holds its own estimate', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 60 }), (raw) => {
      const values = Float64Array.from(raw)
      for (const { value, low, high } of [meanInterval(values), orderStatisticInterval(values, 0.7)]) {
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
      }
    }),
  )
})
