import { expect, test } from 'vitest'
import { kolmogorovExactTail, kolmogorovOneSampleTail, kolmogorovQuantile, kolmogorovTail } from './kolmogorov.ts'

const relative = (got: number, expected: number) => Math.abs(got - expected) / expected

test('exact p-values are those of scipy.stats.ks_2samp(method="exact")', () => {
  // scipy.stats._stats_py._attempt_exact_2kssamp(n, m, gcd(n, m), d, 'two-sided')
  const values = [
    [8, 8, 0.625, 0.08702408702408701],
    [10, 12, 0.5, 0.09270296267200293],
    [100, 7, 0.4, 0.18648213014574336],
    [30, 30, 0.4, 0.015643390496754332],
    [200, 300, 0.1, 0.17313583335670987],
    [1000, 1000, 0.05, 0.16411447756429137],
    [1000, 900, 0.09, 0.0008603159504784791],
    [5, 5, 1, 0.007936507936507936],
  ] as const
  for (const [n, m, d, p] of values) {
    expect(relative(kolmogorovExactTail(d, n, m), p)).toBeLessThan(1e-9)
    expect(kolmogorovTail(d, n, m)).toBe(kolmogorovExactTail(d, n, m))
  }
})

test('p-values of larger samples are those of scipy.stats.kstwo.sf', () => {
  const values = [
    [0.625, 4, 0.04931640625],
    [0.3, 20, 0.04306706665851623],
    [0.1, 140, 0.11353657290090946],
    [0.15, 140, 0.0032495604415101703],
    [0.5, 140, 6.869300438276986e-33],
    [0.08, 141, 0.31084170879264117],
    [0.04, 500, 0.3902508696049749],
    [0.12, 500, 9.88394350588572e-7],
    [0.03, 1_000, 0.3226902143914636],
    [0.06, 1_000, 0.001428597887952891],
  ] as const
  for (const [d, rows, p] of values) expect(relative(kolmogorovOneSampleTail(d, rows), p)).toBeLessThan(1e-6)
})

test('above a thousand rows the tail is expanded, within one part in a hundred', () => {
  const values = [
    [0.02, 5_000, 0.03613941395325637],
    [0.03, 5_000, 0.00024159234422666817],
    [0.005, 50_000, 0.16353363492434803],
    [0.0066, 50_000, 0.02554591750974544],
    [0.009, 50_000, 0.0006033803687140785],
    [0.02, 50_000, 8.35587873542047e-18],
  ] as const
  for (const [d, rows, p] of values) expect(relative(kolmogorovOneSampleTail(d, rows), p)).toBeLessThan(0.01)
})

test('the quantile is the distance with that p-value, at every size', () => {
  for (const [n, m] of [
    [60, 90],
    [500, 400],
    [5_000, 1_000],
    [1_000_000, 20_000],
  ] as const)
    for (const tail of [0.05, 0.001]) {
      const distance = kolmogorovQuantile(tail, n, m)
      expect(kolmogorovTail(distance + 1e-6, n, m)).toBeLessThanOrEqual(tail * 1.05)
      expect(kolmogorovTail(distance * 0.98, n, m)).toBeGreaterThan(tail)
    }
})

test('every distance has a p-value between 0 and 1 that falls', () => {
  for (const rows of [1, 3, 139, 140, 141, 2_000, 1e6]) {
    let before = 1
    for (let d = 0; d <= 1; d += 0.003) {
      const p = kolmogorovOneSampleTail(d, rows)
      expect(p).toBeLessThanOrEqual(before + 1e-6)
      expect(p).toBeGreaterThanOrEqual(0)
      before = p
    }
    expect([kolmogorovOneSampleTail(0, rows), kolmogorovOneSampleTail(1, rows)]).toEqual([1, 0])
  }
})
