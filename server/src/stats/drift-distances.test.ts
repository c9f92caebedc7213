import fc from 'fast-check'
import { expect, test } from 'vitest'
import { benjaminiHochberg } from './benjamini-hochberg.ts'
import { chiSquareContingency } from './chi-square-contingency.ts'
import type { BinnedPair } from './counts.ts'
import { cramerVonMises, cramerVonMisesLimitCdf } from './cramer-von-mises.ts'
import { hellinger } from './hellinger.ts'
import { jensenShannonDistance, jensenShannonDivergence } from './jensen-shannon.ts'
import { kolmogorovTail } from './kolmogorov.ts'
import { ksDistance, ksDistanceBinned } from './ks-distance.ts'
import { psi } from './psi.ts'
import { totalVariation } from './total-variation.ts'
import { twoProportionZ } from './two-proportion-z.ts'
import { binnedDeviation, binnedWasserstein, normedWasserstein, wassersteinDistance } from './wasserstein.ts'

const numbers = (...values: number[]) => Float64Array.from(values)
/** The vectors of the tests of Evidently. */
const A = numbers(38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0)
const B = numbers(39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8)
const pair: BinnedPair = { reference: numbers(16, 18, 16, 14, 12, 12), window: numbers(16, 16, 16, 16, 16, 8) }
const withZeros: BinnedPair = { reference: numbers(120, 40, 9, 1, 0, 30), window: numbers(50, 30, 9, 4, 7, 0) }

/** i = np.arange(500); p = ((i*7919)%1009)/1009 */
const P = Float64Array.from({ length: 500 }, (_, i) => ((i * 7919) % 1009) / 1009)

test('distances of samples are those of scipy', () => {
  // ks_2samp(a, b), cramervonmises_2samp(a, b, method='exact' | 'asymptotic'), wasserstein_distance(a, b)
  expect(ksDistance(A, B)).toBe(0.625)
  expect(cramerVonMises(A, B).statistic).toBeCloseTo(0.4375, 12)
  expect(cramerVonMises(A, B).pValue).toBeCloseTo(0.06433566433566433, 12)
  expect(cramerVonMises(A, B, 'limit').pValue).toBeCloseTo(0.05788700364500943, 7)
  expect(wassersteinDistance(A, B)).toBeCloseTo(4.1625, 12)
  expect(normedWasserstein(A, B)).toBeCloseTo(0.781236105789365, 12)
  const [a, b] = [P.subarray(0, 300), P.slice(300).map((p) => p ** 1.2)]
  expect(ksDistance(a, b)).toBeCloseTo(0.08, 12)
  expect(kolmogorovTail(0.08, 300, 200)).toBeCloseTo(0.41154320289159374, 10)
  expect(wassersteinDistance(a, b)).toBeCloseTo(0.049506348135847596, 12)
  expect(cramerVonMises(a, b).statistic).toBeCloseTo(0.34522333333333677, 10)
  expect(cramerVonMises(a, b).pValue).toBeCloseTo(0.10139742039931787, 7)
})

test('distances of samples with tied values are those of scipy', () => {
  // c = np.round(p[:60]*10); d = np.round(p[100:140]*12)
  const round = (values: Float64Array, by: number) => values.map((p) => Math.round(p * by))
  const [c, d] = [round(P.subarray(0, 60), 10), round(P.subarray(100, 140), 12)]
  expect(ksDistance(c, d)).toBeCloseTo(0.175, 12)
  expect(wassersteinDistance(c, d)).toBeCloseTo(1.1166666666666667, 12)
  expect(cramerVonMises(c, d).statistic).toBeCloseTo(0.28468749999999865, 10)
  expect(cramerVonMises(c, d).pValue).toBeCloseTo(0.15036467287335187, 7)
  const few = cramerVonMises(c.subarray(0, 9), d.subarray(0, 7))
  expect(few.statistic).toBeCloseTo(0.07787698412698418, 12)
  expect(few.pValue).toBeCloseTo(0.7694055944055944, 12)
})

test('the limit of Cramér and von Mises is that of scipy.stats._hypotests._cdf_cvm_inf', () => {
  const values = [
    [0.02, 0.0030006143016018776],
    [0.1, 0.4151265615932029],
    [0.46136, 0.9499996168673471],
    [0.74346, 0.9900000380845428],
    [1.16786, 0.9990000090851198],
    [3, 0.9999999243222135],
  ] as const
  for (const [x, p] of values) expect(cramerVonMisesLimitCdf(x)).toBeCloseTo(p, 6)
})

test('distances of counts are those of scipy and numpy', () => {
  // chi2_contingency([r, w], correction=False); scipy.spatial.distance.jensenshannon(p, q, 2); sums of numpy
  const test = chiSquareContingency(pair)
  expect(test.statistic).toBeCloseTo(1.6224089635854342, 12)
  expect(test.pValue).toBeCloseTo(0.8985262394026607, 12)
  expect(test.degrees).toBe(5)
  expect(psi(pair)).toBeCloseTo(0.037218381577290835, 14)
  expect(jensenShannonDistance(pair)).toBeCloseTo(0.08173421330573756, 12)
  expect(jensenShannonDistance(pair) * Math.sqrt(Math.LN2)).toBeCloseTo(0.06804819617703867, 12)
  expect(jensenShannonDivergence(pair)).toBeCloseTo(0.006680481624707807, 14)
  expect(hellinger(pair)).toBeCloseTo(0.06812774370983345, 12)
  expect(totalVariation(pair)).toBeCloseTo(0.06818181818181819, 14)
})

test('bins that one sample has no rows in count, and are those of scipy and numpy', () => {
  const test = chiSquareContingency(withZeros)
  expect(test.statistic).toBeCloseTo(40.18361344537815, 10)
  expect(test.pValue).toBeCloseTo(1.371305617187837e-7, 16)
  expect(jensenShannonDistance(withZeros)).toBeCloseTo(0.3704557378997883, 12)
  expect(hellinger(withZeros)).toBeCloseTo(0.3599259955685279, 12)
  expect(totalVariation(withZeros)).toBeCloseTo(0.25, 12)
  // p = (r + .5) / (r.sum() + 3); q likewise; ((p - q) * np.log(p / q)).sum()
  expect(psi(withZeros)).toBeCloseTo(0.8905315458970668, 12)
})

test('one row where none was expected decides nothing once every bin expects one', () => {
  const one = { reference: numbers(2_500, 2_500, 0), window: numbers(50, 49, 1) }
  expect(chiSquareContingency(one).pValue).toBeLessThan(1e-10)
  expect(chiSquareContingency(one, 1).pValue).toBeGreaterThan(0.2)
  // By chance the bin adds (1 - share) share / least to the statistic; its share is 1 of 5,100, the least 1 of 100.
  expect(chiSquareContingency(one, 1).degrees).toBeCloseTo(1 + 1 / 5_100 + (5_099 / 5_100) * (100 / 5_100), 12)
  expect(chiSquareContingency(pair, 1)).toEqual(chiSquareContingency(pair))
})

test('two shares are compared as statsmodels does', () => {
  // statsmodels.stats.proportion.proportions_ztest([120, 150], [1000, 1000])
  const test = twoProportionZ(120, 1_000, 150, 1_000)
  expect(test.z).toBeCloseTo(-1.963049807622355, 12)
  expect(test.pValue).toBeCloseTo(0.04964038686536878, 12)
  expect(twoProportionZ(0, 5, 0, 9)).toEqual({ difference: 0, z: 0, pValue: 1 })
})

test('p-values are adjusted as scipy.stats.false_discovery_control does', () => {
  const adjusted = benjaminiHochberg(numbers(0.01, 0.5, 0.03, 0.002, 0.04, 0.9, 0.03))
  const expected = [0.035, 0.5833333333333334, 0.0525, 0.014, 0.056, 0.9, 0.0525]
  expected.forEach((q, i) => expect(adjusted[i]).toBeCloseTo(q, 12))
  expect(benjaminiHochberg(numbers())).toHaveLength(0)
})

const counts = fc.integer({ min: 1, max: 12 }).chain((bins) =>
  fc.record({
    reference: fc.array(fc.nat(500), { minLength: bins, maxLength: bins }),
    window: fc.array(fc.nat(500), { minLength: bins, maxLength: bins }),
  }),
)
const bounded = {
  psi,
  jensenShannonDistance,
  hellinger,
  totalVariation,
  ksDistanceBinned,
  w: (p: BinnedPair) => chiSquareContingency(p).effect,
}

test.each(Object.entries(bounded))('%s is symmetric, within its bounds, and zero exactly for equal shares', (name, distance) => {
  fc.assert(
    fc.property(counts, ({ reference, window }) => {
      const [r, w] = [Float64Array.from(reference), Float64Array.from(window)]
      fc.pre(r.some((x) => x > 0) && w.some((x) => x > 0))
      const value = distance({ reference: r, window: w })
      expect(distance({ reference: w, window: r })).toBeCloseTo(value, 9)
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(name === 'psi' || name === 'w' ? Infinity : 1)
      expect(distance({ reference: r, window: r.map((x) => x * 3) })).toBeCloseTo(0, 7)
    }),
  )
})

test('counts without rows, or on other bins, are refused', () => {
  for (const distance of Object.values(bounded)) {
    expect(() => distance({ reference: numbers(0, 0), window: numbers(1, 2) })).toThrow(
      expect.objectContaining({ code: 'EMPTY_SAMPLE' }),
    )
    expect(() => distance({ reference: numbers(1), window: numbers(1, 2) })).toThrow(
      expect.objectContaining({ code: 'BINS_MISMATCH' }),
    )
  }
  expect(() => ksDistance(numbers(1, Number.NaN), numbers(1))).toThrow(expect.objectContaining({ code: 'NOT_A_NUMBER' }))
})

test('distances of samples are symmetric, zero for equal ones, and a shift moves them by the shift', () => {
  const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(sample, sample, fc.double({ min: 0, max: 1e3, noNaN: true }), (a, b, shift) => {
      const [x, y] = [Float64Array.from(a), Float64Array.from(b)]
      expect(wassersteinDistance(x, y)).toBeCloseTo(wassersteinDistance(y, x), 6)
      expect(ksDistance(x, y)).toBe(ksDistance(y, x))
      expect(wassersteinDistance(x, x)).toBe(0)
      expect(
        wassersteinDistance(
          x,
          x.map((value) => value + shift),
        ),
      ).toBeCloseTo(shift, 4)
      expect(cramerVonMises(x, y, 'limit').pValue).toBeCloseTo(cramerVonMises(y, x, 'limit').pValue, 9)
    }),
  )
})

test('on bins, one absurd value moves the Wasserstein distance by no more than one row', () => {
  const scale = { knots: numbers(0, 1, 2, 3), isDiscrete: false }
  const counts = numbers(20, 20, 20, 20, 20)
  expect(binnedWasserstein(counts, counts, scale)).toBe(0)
  expect(binnedWasserstein(counts, numbers(20, 20, 20, 20, 21), scale)).toBeLessThan(0.02)
  expect(binnedWasserstein(counts, numbers(0, 20, 20, 20, 40), scale)).toBeCloseTo(0.6, 12)
})

test('on bins of single values, the Wasserstein distance and the deviation are exact', () => {
  const [a, b] = [
    [5, 1, 0, 4],
    [2, 2, 6, 0],
  ]
  const values = [1, 2, 4, 7]
  const repeat = (counts: number[]) =>
    Float64Array.from(counts.flatMap((count, i) => Array.from({ length: count }, () => values[i]!)))
  const scale = { knots: Float64Array.from(values), isDiscrete: true }
  const [ca, cb] = [numbers(...a, 0), numbers(...b, 0)]
  expect(binnedWasserstein(ca, cb, scale)).toBeCloseTo(wassersteinDistance(repeat(a), repeat(b)), 12)
  expect(wassersteinDistance(repeat(a), repeat(b)) / binnedDeviation(ca, scale)).toBeCloseTo(
    normedWasserstein(repeat(a), repeat(b)),
    12,
  )
})
