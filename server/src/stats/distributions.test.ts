import { expect, test } from 'vitest'
import { incompleteBeta } from './incomplete-beta.ts'
import { logGamma } from './log-gamma.ts'
import { normalCdf, normalQuantile, zOf } from './normal.ts'
import { studentCdf, studentQuantile } from './student.ts'

const relative = (got: number, expected: number) => Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-300)

test('the normal distribution is that of scipy.stats.norm', () => {
  const cdf = { '-10': 7.61985302416047e-24, '-5': 2.866515718791933e-7, '-4': 3.167124183311986e-5, '-1.5': 0.06680720126885807 }
  for (const [x, p] of Object.entries(cdf)) expect(relative(normalCdf(Number(x)), p)).toBeLessThan(1e-10)
  expect(normalCdf(0)).toBe(0.5)
  expect(normalCdf(1)).toBeCloseTo(0.8413447460685429, 14)
  expect(normalCdf(6)).toBeCloseTo(0.9999999990134123, 14)
  const quantiles = [
    [1e-10, -6.361340902404056],
    [0.001, -3.090232306167813],
    [0.02, -2.053748910631823],
    [0.3, -0.5244005127080409],
    [0.975, 1.959963984540054],
    [0.999999, 4.753424308817087],
  ] as const
  for (const [p, z] of quantiles) expect(relative(normalQuantile(p), z)).toBeLessThan(1e-10)
  expect(normalQuantile(0.5)).toBeCloseTo(0, 14)
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(2)]).toEqual([-Infinity, Infinity, Number.NaN])
  expect(zOf(0.95)).toBeCloseTo(1.959963984540054, 12)
})

test("Student's t is that of scipy.stats.t.ppf", () => {
  const quantiles = [
    [0.025, 1, -12.706204736174705],
    [0.975, 2, 4.302652729749462],
    [0.025, 9, -2.2621571627982053],
    [0.0005, 30, -3.645958635042021],
    [0.975, 1000, 1.9623390808264083],
    [0.99, 1e5, 2.326385165355268],
  ] as const
  for (const [p, degrees, t] of quantiles) {
    expect(relative(studentQuantile(p, degrees), t)).toBeLessThan(1e-8)
    expect(studentCdf(t, degrees)).toBeCloseTo(p, 10)
  }
})

test('the incomplete beta is that of scipy.special.betainc', () => {
  const values = [
    [0.5, 2, 3, 0.6875],
    [0.01, 0.5, 0.5, 0.06376856085851985],
    [0.99, 1980, 21, 0.5590933319986471],
    [0.3, 1e5, 2.3e5, 7.395467593175752e-5],
    [0.7, 50, 0.5, 2.5571939944368708e-9],
    [0.2, 1, 1, 0.2],
  ] as const
  for (const [x, a, b, expected] of values) expect(relative(incompleteBeta(x, a, b), expected)).toBeLessThan(1e-8)
})

test('the logarithm of gamma is that of scipy.special.gammaln', () => {
  const values = [
    [0.1, 2.252712651734206],
    [2.5, 0.2846828704729192],
    [10, 12.801827480081469],
    [171.5, 709.1431630309283],
    [1e6, 12815504.569147611],
  ] as const
  for (const [x, expected] of values) expect(relative(logGamma(x), expected)).toBeLessThan(1e-13)
})
