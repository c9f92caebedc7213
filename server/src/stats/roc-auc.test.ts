import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from './random.ts'
import { referenceSample } from './reference-sample.ts'
import { rocAuc } from './roc-auc.ts'

const { probabilities, coarse, outcomes } = referenceSample()

// sklearn.metrics.roc_auc_score(y, p); variance: k = (a[:,None] > b) + .5*(a[:,None] == b);
// np.var(k.mean(1), ddof=1)/m + np.var(k.mean(0), ddof=1)/n; interval: expit(logit(auc) ± 1.96 se / (auc (1 - auc)))
test('value and interval are those of scikit-learn and an O(n²) DeLong, with and without ties', () => {
  const plain = rocAuc(probabilities, outcomes)
  expect(plain.value).toBeCloseTo(0.7083510416666665, 12)
  expect(plain.low).toBeCloseTo(0.6850626742202779, 10)
  expect(plain.high).toBeCloseTo(0.7305945470078401, 10)
  const tied = rocAuc(coarse, outcomes)
  expect(tied.value).toBeCloseTo(0.7078020833333333, 12)
  expect(tied.low).toBeCloseTo(0.6846217427365389, 10)
  expect(tied.high).toBeCloseTo(0.7299507139438042, 10)
})

const sample = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.boolean()), { minLength: 2, maxLength: 60 })
  .filter((rows) => new Set(rows.map(([, happened]) => happened)).size === 2)
  .map((rows) => ({
    scores: Float64Array.from(rows, ([score]) => score),
    outcomes: Float64Array.from(rows, ([, happened]) => (happened ? 1 : 0)),
  }))

test('the value is the share of pairs in the right order, whatever the sample', () => {
  fc.assert(
    fc.property(sample, ({ scores, outcomes: happened }) => {
      let [right, pairs] = [0, 0]
      scores.forEach((a, i) =>
        scores.forEach((b, j) => {
          if (happened[i] !== 1 || happened[j] === 1) return
          pairs++
          right += a > b ? 1 : a === b ? 0.5 : 0
        }),
      )
      const { value, low, high } = rocAuc(scores, happened)
      expect(value).toBeCloseTo(right / pairs, 12)
      expect(0 <= low && low <= value && value <= high && high <= 1).toBe(true)
      expect(
        rocAuc(
          scores.map((x) => -x),
          happened,
        ).value,
      ).toBeCloseTo(1 - value, 12)
    }),
  )
})

test('a perfect ranking of few rows is not certain', () => {
  const few = rocAuc(Float64Array.of(1, 2, 3, 4), Float64Array.of(0, 0, 1, 1))
  expect(few).toMatchObject({ value: 1, high: 1 })
  expect(few.low).toBeCloseTo(0.025 ** (1 / 2), 12)
})

test('the interval holds the truth about as often as it says', () => {
  const random = createRandom(7)
  let held = 0
  for (let trial = 0; trial < 400; trial++) {
    const happened = Float64Array.from({ length: 200 }, () => (random() < 0.3 ? 1 : 0))
    // Uniform on [0,1] against uniform on [0.3, 1.3]: AUC = 1 - 0.7² / 2.
    const scores = happened.map((y) => random() + (y === 1 ? 0.3 : 0))
    const { low, high } = rocAuc(scores, happened)
    if (low <= 0.755 && 0.755 <= high) held++
  }
  expect(held / 400).toBeGreaterThan(0.92)
  expect(held / 400).toBeLessThan(0.98)
})

test('a sample that cannot be ranked is refused', () => {
  expect(() => rocAuc(Float64Array.of(1, 2), Float64Array.of(1, 1))).toThrow(expect.objectContaining({ code: 'ONE_CLASS' }))
  expect(() => rocAuc(Float64Array.of(1, Number.NaN), Float64Array.of(1, 0))).toThrow(
    expect.objectContaining({ code: 'NOT_A_NUMBER' }),
  )
  expect(() => rocAuc(Float64Array.of(1), Float64Array.of(1, 0))).toThrow(expect.objectContaining({ code: 'LENGTH_MISMATCH' }))
})
