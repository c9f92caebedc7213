import fc from 'fast-check'
import { expect, test } from 'vitest'
import { averagePrecision } from './average-precision.ts'
import { referenceSample } from './reference-sample.ts'

const { probabilities, coarse, outcomes } = referenceSample()

// sklearn.metrics.average_precision_score(y, p)
test('the value is that of scikit-learn, with and without ties', () => {
  expect(averagePrecision(probabilities, outcomes).value).toBeCloseTo(0.5903126610733708, 12)
  expect(averagePrecision(coarse, outcomes).value).toBeCloseTo(0.5739423656417476, 12)
})

// 4000 resamples: rng = np.random.default_rng(1); k = rng.integers(0, n, n); average_precision_score(y[k], p[k])
test('the interval is as wide as a bootstrap finds it', () => {
  const plain = averagePrecision(probabilities, outcomes)
  expect(plain.low).toBeCloseTo(0.553, 2)
  expect(plain.high).toBeCloseTo(0.627, 2)
  expect((plain.high - plain.low) / 3.92).toBeGreaterThan(0.0185)
  expect((plain.high - plain.low) / 3.92).toBeLessThan(0.0196)
  const tied = averagePrecision(coarse, outcomes)
  expect((tied.high - tied.low) / 3.92).toBeGreaterThan(0.0172)
  expect((tied.high - tied.low) / 3.92).toBeLessThan(0.0183)
})

test('it stays in 0..1 and is 1 for a perfect ranking only', () => {
  const row = fc.tuple(fc.integer({ min: -5, max: 5 }), fc.boolean())
  fc.assert(
    fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), (rows) => {
      fc.pre(new Set(rows.map(([, happened]) => happened)).size === 2)
      const scores = Float64Array.from(rows, ([score]) => score)
      const happened = Float64Array.from(rows, ([, yes]) => (yes ? 1 : 0))
      const { value, low, high } = averagePrecision(scores, happened)
      expect(0 <= low && low <= value && value <= high && high <= 1).toBe(true)
      const worst = Math.min(...rows.filter(([, yes]) => yes).map(([score]) => score))
      const best = Math.max(...rows.filter(([, yes]) => !yes).map(([score]) => score))
      expect(value > 1 - 1e-12).toBe(worst > best)
    }),
  )
})
