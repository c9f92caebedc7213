import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitIsotonic, isotonicAt, isotonicBlockAt } from './isotonic.ts'
import { referenceSample } from './reference-sample.ts'

const { probabilities, coarse, outcomes } = referenceSample()
const PLACES = [-0.5, 0.05, 0.33333, 0.5, 0.77, 0.999, 2]

// m = IsotonicRegression(out_of_bounds='clip').fit(x, y, sample_weight=w); len(m.X_thresholds_), m.predict(places); w = 1 + i%5
test('the function is that of scikit-learn, with weights and with ties', () => {
  const weights = probabilities.map((_, i) => 1 + (i % 5))
  const cases = [
    [
      fitIsotonic(probabilities, outcomes),
      70,
      [0.08974358974358974, 0.15384615384615385, 0.30303030303030304, 0.416, 0.5405405405405406, 1, 1],
    ],
    [
      fitIsotonic(probabilities, outcomes, weights),
      66,
      [0.09482758620689655, 0.14673913043478262, 0.30456852791878175, 0.41346153846153844, 0.5535714285714286, 1, 1],
    ],
    [
      fitIsotonic(coarse, outcomes),
      11,
      [0.10784313725490197, 0.13142156862745097, 0.3016645, 0.4090909090909091, 0.5615, 0.6963184079601991, 0.696969696969697],
    ],
  ] as const
  for (const [fitted, knots, expected] of cases) {
    expect(fitted.knots).toHaveLength(knots)
    expect(PLACES.map((x) => isotonicAt(fitted, x)).map((value, i) => value - expected[i]!)).toEqual(
      expected.map(() => expect.closeTo(0, 10)),
    )
  }
})

test('violators are pooled by weight, and each x knows its block', () => {
  const fitted = fitIsotonic(Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(1, 3, 2, 4, 3.5), Float64Array.of(1, 1, 3, 1, 1))
  expect(fitted).toEqual({
    knots: [1, 2, 3, 4, 5],
    values: [1, 2.25, 2.25, 3.75, 3.75],
    blocks: [0, 1, 1, 2, 2],
    weights: [1, 4, 2],
  })
  expect([0, 1.4, 1.6, 2.5, 3.4, 3.6, 9].map((x) => isotonicBlockAt(fitted, x))).toEqual([0, 0, 1, 1, 1, 2, 2])
})

test('it never falls and keeps the mean', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.double({ min: -10, max: 10, noNaN: true }))
  fc.assert(
    fc.property(fc.array(point, { minLength: 1, maxLength: 60 }), (rows) => {
      const x = Float64Array.from(rows, ([at]) => at)
      const y = Float64Array.from(rows, ([, value]) => value)
      const fitted = fitIsotonic(x, y)
      fitted.values.forEach((value, i) => i > 0 && expect(value).toBeGreaterThanOrEqual(fitted.values[i - 1]!))
      const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0)
      expect(sum(x.map((at) => isotonicAt(fitted, at)))).toBeCloseTo(sum(y), 8)
    }),
  )
})
