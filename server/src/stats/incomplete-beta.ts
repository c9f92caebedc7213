import { logGamma } from './log-gamma.ts'

const TINY = 1e-300
const PRECISION = 1e-15
const TERMS_MAX = 100_000

/**
 * Regularised incomplete beta function I_x(a, b): the CDF of the beta distribution, and through it of Student's t and of
 * the binomial.
 *
 * @param x In 0..1.  @param a Above 0.  @param b Above 0.
 * @returns In 0..1, to about 1e-12 for a and b up to 1e6.
 *
 * Continued fraction by Lentz's method, on the side of the mean where it converges in O(sqrt(max(a, b))) terms.
 * Source: NIST DLMF 8.17.22. Checked against scipy.special.betainc.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < TERMS_MAX; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < PRECISION) break
  }
  return Math.min(1, front * fraction)
}

/** Keeps a divisor off zero, as Lentz's method needs. */
const away = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
