import { expect, test } from 'vitest'
import type { Column } from '../../../../kernel/table.ts'
import { createRandom } from '../../../../stats/random.ts'
import type { BaselineColumn } from '../../../model/index.ts'
import { compareProfiles, type ComparedColumn } from '../../profile/compare-profiles.ts'
import { profileReferenceOf } from '../../profile/profile-reference.ts'
import { createProfile } from '../../profile/profile.ts'
import { driftMeasures } from './catalog.gen.ts'

const SEEN = [300, 260, 220, 140, 80]
const NOW = [70, 80, 75, 45, 30]
const NUMBERS = [1, 2, 4, 7, 9]
const WORDS = ['a', 'b', 'c', 'd', 'e']
const repeat = <T>(values: readonly T[], counts: readonly number[]) =>
  counts.flatMap((count, i) => Array.from({ length: count }, () => values[i]!))

function compared(baseline: BaselineColumn, window: Column, rows: number): ComparedColumn {
  const reference = profileReferenceOf({ format: 'seaworthy-baseline/1', rows: 1_000, columns: [baseline] })
  const profile = createProfile([{ name: 'x', type: baseline.type }], reference)
  profile.addTable({ rowCount: rows, columns: new Map([['x', window]]) })
  return compareProfiles(reference, profile).columns[0]!
}
const words = compared(
  { name: 'x', type: 'text', missing: 0, distinct: 5, values: WORDS.map((word, i) => [word, SEEN[i]!]), rest: 0, length: null },
  { type: 'text', dictionary: WORDS, codes: Int32Array.from(repeat([0, 1, 2, 3, 4], NOW)) },
  300,
)
const facts = { nan: 0, infinite: 0, whole: true, mean: null, std: null, quantiles: [] }
const numbers = compared(
  {
    ...facts,
    name: 'x',
    type: 'integer',
    missing: 0,
    distinct: 5,
    min: 1,
    max: 9,
    histogram: { edges: [1, 2, 4, 7], counts: SEEN },
  },
  { type: 'integer', values: Float64Array.from(repeat(NUMBERS, NOW)) },
  300,
)

// r = np.array([300, 260, 220, 140, 80]); w = np.array([70, 80, 75, 45, 30]); p, q = r/1000, w/300; f = 1/1000 + 1/300
// scipy.stats.chi2_contingency([r, w], correction=False).pvalue, which says for all four what is chance
//   psi               ((p-q)*np.log(p/q)).sum()
//   jensen-shannon    scipy.spatial.distance.jensenshannon(p, q, 2)
//   hellinger         sqrt(1 - np.sqrt(p*q).sum())
//   chi-square        sqrt(chi2_contingency(...).statistic*f)
// evidently 0.7.23, evidently.legacy.calculations.stattests, X_stat_test.func(pd.Series(np.repeat(list('abcde'), r)), ..., 'cat', .1):
//   psi 0.02591088149173925, jensenshannon 0.056849519247147394 to base e, hellinger 0.05688021535411208;
//   and of numbers below: wasserstein 0.12289049990350277, ks 0.2459357480156493
const P_VALUE = 0.21370300846069668
const GOLDEN = {
  'population-stability-index': 0.02591088149173925,
  'jensen-shannon': 0.06828323149648532,
  hellinger: 0.05688021535411208,
  'chi-square': 0.1586871998020923,
} as const

test.each(Object.entries(GOLDEN))('%s of values and its p-value are those of scipy', (id, value) => {
  const measured = driftMeasures.get(id).measure(words)
  expect(measured.value).toBeCloseTo(value, 12)
  expect(measured.law.tail(measured.value)).toBeCloseTo(P_VALUE, 10)
  expect(measured.bins).toBe(5)
})

// abs(p - q).sum()/2; R, Q = rng.multinomial(1000 and 300, (r + w)/1300, 200000); np.quantile(abs(R - Q).sum(1)/2, [.95, .99])
test('total variation is that of numpy, and chance that of numpy within 3 %', () => {
  const { value, law } = driftMeasures.get('total-variation').measure(words)
  expect(value).toBeCloseTo(0.06666666666666665, 12)
  expect(law.quantile(0.05) / 0.08566667).toBeCloseTo(1, 1.2)
  expect(law.quantile(0.01) / 0.10333333).toBeCloseTo(1, 1.2)
})

// a, b = np.repeat([1, 2, 4, 7, 9], r), np.repeat(..., w); scipy.stats.ks_2samp(a, b, method='exact')
test('the Kolmogorov-Smirnov distance of a column of integers and its p-value are those of scipy', () => {
  const { value, law } = driftMeasures.get('kolmogorov-smirnov').measure(numbers)
  expect(value).toBeCloseTo(0.06666666666666667, 12)
  expect(law.tail(value)).toBeCloseTo(0.2459357480156493, 9)
})

// scipy.stats.wasserstein_distance(a, b)/a.std(); np.quantile(abs(np.cumsum(R - Q, 1)[:, :-1]) @ [1, 2, 3, 2] / a.std(), [.95, .99])
test('the Wasserstein distance is that of scipy, and chance that of numpy within 5 %', () => {
  const { value, law } = driftMeasures.get('wasserstein').measure(numbers)
  expect(value).toBeCloseTo(0.12289049990350277, 12)
  expect(Math.abs(law.quantile(0.05) / 0.13130527 - 1)).toBeLessThan(0.05)
  expect(Math.abs(law.quantile(0.01) / 0.17088247 - 1)).toBeLessThan(0.05)
})

test('a window is judged alike whole and in parts', () => {
  const random = createRandom(5)
  const codes = Int32Array.from({ length: 600 }, () => Math.floor(5 * random()))
  const column: Column = { type: 'text', dictionary: WORDS, codes }
  const reference = profileReferenceOf({
    format: 'seaworthy-baseline/1',
    rows: 1_000,
    columns: [{ name: 'x', type: 'text', missing: 0, distinct: 5, values: WORDS.map((word, i) => [word, SEEN[i]!]), rest: 0 }],
  })
  const profileOf = (from: number, to: number) => {
    const profile = createProfile([{ name: 'x', type: 'text' }], reference)
    profile.addTable({ rowCount: to - from, columns: new Map([['x', { ...column, codes: codes.subarray(from, to) }]]) })
    return profile
  }
  const parts = profileOf(200, 600)
  parts.absorb(profileOf(0, 200))
  for (const measure of driftMeasures.all().filter(({ columns }) => columns.includes('text'))) {
    const [whole, merged] = [profileOf(0, 600), parts].map((profile) =>
      measure.measure(compareProfiles(reference, profile).columns[0]!),
    )
    expect(merged!.value).toBe(whole!.value)
    expect(merged!.law.tail(merged!.value)).toBe(whole!.law.tail(whole!.value))
  }
})
