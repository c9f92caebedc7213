import { expect, test } from 'vitest'
import { calibrationBins, calibrationError } from './calibration-error.ts'
import { createRandom } from './random.ts'
import { referenceSample } from './reference-sample.ts'

const { probabilities, coarse, outcomes } = referenceSample()

// numpy: sort, cut at floor(n*b/15 + .5), move a cut past equal values; plain = Σ share·|mean p - mean y|; then, as
// normal_debiased_ce of Kumar et al., 400,000 draws of Σ share·|N(gap, sd(p - y)/√rows)|: plain - (mean - plain), std; ours may be wider
test('value and spread are those of the simulation by Kumar, Liang and Ma', () => {
  const plain = calibrationError(probabilities, outcomes)
  expect(plain.value).toBeCloseTo(0.11952138890799552, 4)
  expect((plain.high - plain.value) / 1.96 / 0.009488264283879937).toBeGreaterThan(1)
  expect((plain.high - plain.value) / 1.96 / 0.009488264283879937).toBeLessThan(1.08)
  const tied = calibrationError(coarse, outcomes)
  expect(tied.value).toBeCloseTo(0.12343080184450231, 4)
  expect(tied.method).toBe('10 bins of equal count, noise removed, normal interval')
})

test('a calibrated model is found to be nearly so, and its interval reaches zero', () => {
  const random = createRandom(3)
  const p = Float64Array.from({ length: 20_000 }, () => random() ** 2)
  const error = calibrationError(
    p,
    p.map((x) => (random() < x ? 1 : 0)),
  )
  expect(error.value).toBeLessThan(0.008)
  expect(error.low).toBe(0)
})

test('a model that is wrong by a tenth everywhere is found to be so, and the interval holds it', () => {
  const random = createRandom(11)
  let held = 0
  for (let trial = 0; trial < 200; trial++) {
    const p = Float64Array.from({ length: 2_000 }, () => 0.1 + random() * 0.7)
    const { low, high } = calibrationError(
      p,
      p.map((x) => (random() < x + 0.1 ? 1 : 0)),
    )
    if (low <= 0.1 && 0.1 <= high) held++
  }
  expect(held / 200).toBeGreaterThan(0.9)
})

test('bins hold nearly equal counts, and equal probabilities are never parted', () => {
  expect(calibrationBins(probabilities, outcomes, 4).map(({ rows }) => rows)).toEqual([500, 501, 499, 500])
  const same = calibrationBins(new Float64Array(50).fill(0.3), new Float64Array(50).fill(0))
  expect(same).toHaveLength(1)
  expect(same[0]!.standardError).toBeGreaterThan(0)
})
