/**
 * The standard normal distribution: density, CDF and quantile.
 */
const SQRT_2PI = Math.sqrt(2 * Math.PI)

export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / SQRT_2PI

/**
 * P(Z <= x), to about 1e-14 absolute and good relative precision in the lower tail.
 * Source: G. Marsaglia (2004), Evaluating the normal distribution, J. Stat. Softw. 11(4): a Taylor series near zero; beyond
 * 4 the continued fraction of the tail (DLMF 7.9.1).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  if (Math.abs(x) > 4) {
    const tail = x < -40 || x > 40 ? 0 : upperTail(Math.abs(x))
    return x < 0 ? tail : 1 - tail
  }
  let sum = x
  let term = x
  for (let i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
    term *= (x * x) / i
    sum += term
  }
  return 0.5 + sum * normalDensity(x)
}

function upperTail(x: number): number {
  let fraction = 0
  for (let k = 120; k > 0; k--) fraction = k / (x + fraction)
  return normalDensity(x) / (x + fraction)
}

/**
 * The z with P(Z <= z) = p. @param p In 0..1; 0 and 1 give infinities. Precision about 1e-13 relative.
 *
 * Source: P. Acklam's rational approximation (1.15e-9), then one step of Halley's method on normalCdf. The lower half only,
 * mirrored, because the CDF is most exact there.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p > 0.5) return p === 1 ? Number.POSITIVE_INFINITY : -normalQuantile(1 - p)
  const x = p < 0.02425 ? tailStart(p) : centreStart(p)
  const error = (normalCdf(x) - p) / normalDensity(x)
  return x - error / (1 + (x * error) / 2)
}

const A = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239]
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1]
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783,
]
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1]
const polynomial = (coefficients: readonly number[], x: number) => coefficients.reduce((sum, c) => sum * x + c, 0)

function tailStart(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p))
  return polynomial(C, q) / polynomial(D, q)
}

function centreStart(p: number): number {
  const q = p - 0.5
  return (q * polynomial(A, q * q)) / polynomial(B, q * q)
}

/** The z of a two-sided interval: 1.96 for a confidence of 0.95. @param confidence In 0..1, both excluded. */
export const zOf = (confidence: number): number => -normalQuantile((1 - confidence) / 2)
