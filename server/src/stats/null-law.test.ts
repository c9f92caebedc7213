import { expect, test } from 'vitest'
import { chiSquareContingency } from './chi-square-contingency.ts'
import { type BinnedPair, pooledShares } from './counts.ts'
import { foldedNormalSum } from './folded-normal-sum.ts'
import { hellinger } from './hellinger.ts'
import { jensenShannonDistance } from './jensen-shannon.ts'
import {
  kolmogorovLaw,
  type NullLaw,
  cohensWLaw,
  hellingerLaw,
  jensenShannonLaw,
  psiLaw,
  type Sizes,
  totalVariationLaw,
} from './null-law.ts'
import { psi } from './psi.ts'
import { createRandom } from './random.ts'
import { totalVariation } from './total-variation.ts'
import { ksDistance } from './ks-distance.ts'
import { zOf } from './normal.ts'

const random = createRandom(11)

/** Counts of `rows` draws from these shares. */
function draw(rows: number, shares: readonly number[]): Float64Array {
  const counts = new Float64Array(shares.length)
  for (let i = 0; i < rows; i++) {
    let [bin, left] = [0, random()]
    while (bin < shares.length - 1 && left >= shares[bin]!) left -= shares[bin++]!
    counts[bin]!++
  }
  return counts
}
const equal = (bins: number) => Array.from({ length: bins }, () => 1 / bins)
const skewed = (bins: number) => {
  const weights = Array.from({ length: bins }, (_, i) => 1 / (i + 1))
  const sum = weights.reduce((a, b) => a + b)
  return weights.map((weight) => weight / sum)
}
const pairs = (trials: number, n: number, m: number, shares: readonly number[]): BinnedPair[] =>
  Array.from({ length: trials }, () => ({ reference: draw(n, shares), window: draw(m, shares) }))

const measures: Record<string, [(pair: BinnedPair) => number, (sizes: Sizes, pair: BinnedPair) => NullLaw]> = {
  psi: [psi, psiLaw],
  'jensen-shannon': [jensenShannonDistance, jensenShannonLaw],
  hellinger: [hellinger, hellingerLaw],
  'cohens-w': [(pair) => chiSquareContingency(pair).effect, cohensWLaw],
  'total-variation': [totalVariation, ({ n, m }, pair) => totalVariationLaw(n, m, pooledShares(pair))],
}
const TRIALS = 1_500

// Of 1,500 trials at 5 %, 75 alarm with a deviation of 8.4; at 20 rows a bin the laws of logarithms add some.
const cases = [
  ['10 equal bins', 3_000, 500, equal(10)],
  ['2 bins', 1_000, 200, [0.3, 0.7]],
  ['20 equal bins, 20 rows in each', 2_000, 400, equal(20)],
  ['12 bins of very different size', 2_000, 1_000, skewed(12)],
] as const

test.each(cases)('the false-alarm rate is what was asked for: %s', (_, n, m, shares) => {
  const samples = pairs(TRIALS, n, m, shares)
  for (const [measure, law] of Object.values(measures)) {
    const alarms = samples.filter((pair) => law({ n, m, bins: shares.length }, pair).tail(measure(pair)) <= 0.05).length
    expect(alarms / TRIALS).toBeGreaterThan(0.028)
    expect(alarms / TRIALS).toBeLessThan(0.078)
  }
})

test('the quantile is the 95 % quantile of simulation, within 6 %', () => {
  const [n, m, shares] = [5_000, 500, equal(10)]
  const samples = pairs(TRIALS, n, m, shares)
  for (const [measure, law] of Object.values(measures)) {
    const simulated = samples.map(measure).toSorted((a, b) => a - b)[Math.floor(0.95 * TRIALS)]!
    const quantile = law({ n, m, bins: 10 }, samples[0]!).quantile(0.05)
    expect(Math.abs(quantile / simulated - 1)).toBeLessThan(0.06)
  }
  // f χ²: (1/5000 + 1/500) * scipy.stats.chi2.isf(.05, 9)
  expect(psiLaw({ n, m, bins: 10 }).quantile(0.05)).toBeCloseTo(0.0022 * 16.918977604620448, 9)
})

test('limits are those of scipy', () => {
  // f = 1/1000 + 1/300; x = scipy.stats.chi2.isf(.01, 4): f*x, sqrt(f*x), sqrt(f*x/8), sqrt(f*x/8/np.log(2))
  const sizes = { n: 1_000, m: 300, bins: 5 }
  expect(psiLaw(sizes).quantile(0.01)).toBeCloseTo(0.05753238458927971, 12)
  expect(cohensWLaw(sizes).quantile(0.01)).toBeCloseTo(0.23985909319698454, 12)
  expect(hellingerLaw(sizes).quantile(0.01)).toBeCloseTo(0.08480299566442193, 12)
  expect(jensenShannonLaw(sizes).quantile(0.01)).toBeCloseTo(0.10185877842475732, 12)
})

test('the moments of a sum of absolute values are those of quadrature', () => {
  // e = scipy.integrate.dblquad(lambda y, x: abs(x*y)*multivariate_normal.pdf([x, y], cov=[[1, rho], [rho, 1]]), -8, 8, -8, 8)[0]
  // mean 3*sqrt(2/pi); variance 5*(1 - 2/pi) + 4*(e - 2/pi), for deviations 1 and 2
  for (const [rho, variance] of [
    [0.3, 1.9323763193754835],
    [-0.8, 2.687379808298988],
  ] as const) {
    const law = foldedNormalSum(Float64Array.of(1, 2), () => rho)
    expect(law.mean).toBeCloseTo(2.3936536824085963, 12)
    expect(law.variance).toBeCloseTo(variance, 6)
  }
})

test('quantile and tail of every law undo each other, and more rows mean smaller values', () => {
  const pair = { reference: draw(5_000, equal(8)), window: draw(700, equal(8)) }
  for (const [, law] of Object.values(measures)) {
    for (const tail of [0.2, 0.01, 1e-5]) {
      const small = law({ n: 5_000, m: 700, bins: 8 }, pair)
      expect(small.tail(small.quantile(tail)) / tail).toBeCloseTo(1, 6)
      expect(law({ n: 5_000, m: 70_000, bins: 8 }, pair).quantile(tail)).toBeLessThan(small.quantile(tail))
    }
  }
})

test('the Kolmogorov-Smirnov law keeps its rate on samples of a continuous distribution', () => {
  const [n, m, trials] = [400, 150, 600]
  const law = kolmogorovLaw(n, m)
  const limit = law.quantile(0.05)
  const sample = (rows: number) => Float64Array.from({ length: rows }, random)
  const alarms = Array.from({ length: trials }, () => ksDistance(sample(n), sample(m))).filter((d) => d >= limit).length
  expect(alarms / trials).toBeGreaterThan(0.025)
  expect(alarms / trials).toBeLessThan(0.075)
})

test('one absolute normal value is half-normal to 9 %, and equal ones add up', () => {
  const one = foldedNormalSum(Float64Array.of(2), () => 1)
  for (const tail of [0.2, 0.05, 0.01, 0.001]) expect(Math.abs(one.quantile(tail) / (2 * zOf(1 - tail)) - 1)).toBeLessThan(0.09)
  const two = foldedNormalSum(Float64Array.of(1, 1), () => 1)
  expect(two.quantile(0.05)).toBeCloseTo(one.quantile(0.05), 6)
})

test('many independent absolute values have the moments and the tail of simulation', () => {
  const terms = Array.from({ length: 12 }, (_, i) => 1 + (i % 3))
  const law = foldedNormalSum(Float64Array.from(terms), () => 0)
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const sums = Array.from({ length: 20_000 }, () => terms.reduce((sum, weight) => sum + weight * Math.abs(normal()), 0))
  expect(sums.reduce((a, b) => a + b) / sums.length / law.mean).toBeCloseTo(1, 2)
  for (const [tail, tolerance] of [
    [0.05, 0.15],
    [0.01, 0.3],
    [0.001, 0.9],
  ] as const) {
    const found = sums.filter((sum) => sum > law.quantile(tail)).length / sums.length
    expect(Math.abs(found / tail - 1)).toBeLessThan(tolerance)
  }
})

test('a single bin cannot drift', () => {
  for (const [, law] of Object.values(measures)) {
    const none = law({ n: 10, m: 10, bins: 1 }, { reference: Float64Array.of(10), window: Float64Array.of(10) })
    expect([none.quantile(0.01), none.tail(0)]).toEqual([0, 1])
  }
})
