import { expect, test } from 'vitest'
import { pairedAuc } from './delong.ts'
import { holmAdjusted } from './holm.ts'
import { createRandom } from './random.ts'
import { referenceSample } from './reference-sample.ts'
import { rocAuc } from './roc-auc.ts'

const { probabilities, outcomes } = referenceSample()
/** q = np.round((p*.5 + ((i*31)%97)/97*.5)*20)/20, where numpy rounds halves to even. */
const blurred = probabilities.map((p, i) => {
  const twentieths = (p * 0.5 + (((i * 31) % 97) / 97) * 0.5) * 20
  return Math.round(twentieths) / 20
})

// def place(s): a = s[y]; b = s[~y]; k = (a[:,None] > b) + .5*(a[:,None] == b); return k.mean(1), k.mean(0)
// S = np.cov(x1, x2)/m + np.cov(z1, z2)/n; se = sqrt(S[0,0] + S[1,1] - 2*S[0,1])
test('the difference of two areas is that of DeLong in numpy, ties included', () => {
  const { first, second, difference, standardError } = pairedAuc(probabilities, blurred, outcomes)
  expect(first).toBeCloseTo(0.7083510416666666, 12)
  expect(second).toBeCloseTo(0.642421875, 12)
  expect(difference.value).toBeCloseTo(-0.0659291666666666, 12)
  expect(standardError).toBeCloseTo(0.009766562772604438, 12)
  expect(second).toBeCloseTo(rocAuc(blurred, outcomes).value, 12)
})

test('a model against itself differs by nothing at all', () => {
  expect(pairedAuc(probabilities, probabilities, outcomes).difference).toMatchObject({ value: 0, low: 0, high: 0 })
})

test('the interval of the difference holds the truth about as often as it says', () => {
  const random = createRandom(13)
  let held = 0
  for (let trial = 0; trial < 400; trial++) {
    const happened = Float64Array.from({ length: 300 }, () => (random() < 0.3 ? 1 : 0))
    const shared = happened.map(() => random())
    // Uniform on [0, 1] against [0.3, 1.3] and [0.5, 1.5]: AUC 1 - 0.7²/2 and 1 - 0.5²/2, on rows with shared luck.
    const [a, b] = [happened.map((y, i) => shared[i]! + y * 0.3), happened.map((y, i) => shared[i]! + y * 0.5)]
    const { low, high } = pairedAuc(a, b, happened).difference
    if (low <= 0.12 && 0.12 <= high) held++
  }
  expect(held / 400).toBeGreaterThan(0.92)
  expect(held / 400).toBeLessThan(0.98)
})

// statsmodels.stats.multitest.multipletests(p, method='holm')[1] is np.maximum.accumulate(sorted(p) * (m - arange(m)))
test("p-values are adjusted by Holm's steps", () => {
  expect(holmAdjusted([0.04, 0.01, 0.03, 0.005])).toEqual([0.06, 0.03, 0.06, 0.02])
  expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1])
  expect(holmAdjusted([])).toEqual([])
})
