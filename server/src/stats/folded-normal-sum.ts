/**
 * The sum of absolute values of normal variables that hang together, which is what total variation and the area between two CDFs
 * are when nothing has drifted. Its mean and variance have closed forms,
 *
 *     E|X| = σ √(2/π)        Cov(|X|, |Y|) = 2/π σ_x σ_y (ρ asin ρ + √(1-ρ²) - 1)
 *
 * and a power of it, POWER, is taken to be a gamma with both: a gamma itself leans more to the right than such sums, its square
 * root less (for equal independent terms the right power is 1.68), and the choice is on the safe side. For one term the 99.9 %
 * quantile is 9 % too large, for many it is right.
 * Sources: B. Nabeya (1951), Ann. Inst. Statist. Math. 3, 2-6, for the covariance; E. Stacy (1962) for powers of a gamma.
 */
import { gammaUpperQuantile } from './chi-square.ts'
import { upperGamma } from './incomplete-gamma.ts'
import { logGamma } from './log-gamma.ts'

/** Beyond this many terms the exact covariance is replaced by its leading term, ρ²/2, which is then within 1 %. */
const EXACT_TERMS_MAX = 200
const POWER = 1.5
/** Shapes between which the right one is sought: a half-normal value has about 0.7. */
const [SHAPE_MIN, SHAPE_MAX] = [0.3, 1e4]

export interface FoldedNormalSum {
  readonly mean: number
  readonly variance: number
  /** The value exceeded with this probability. */
  quantile(tail: number): number
  /** P(sum >= value). */
  tail(value: number): number
}

/**
 * @param deviations σ of each term, weights included. At least one above 0.
 * @param correlation ρ of terms i and j. Asked once for each pair: O(terms²).
 */
export function foldedNormalSum(deviations: Float64Array, correlation: (i: number, j: number) => number): FoldedNormalSum {
  const covariance = deviations.length <= EXACT_TERMS_MAX ? foldedCovariance : (rho: number) => (rho * rho) / 2
  let [mean, variance] = [0, 0]
  for (let i = 0; i < deviations.length; i++) {
    const own = deviations[i]!
    mean += own
    variance += own * own * (Math.PI / 2 - 1)
    for (let j = 0; own > 0 && j < i; j++)
      if (deviations[j]! > 0) variance += 2 * own * deviations[j]! * covariance(correlation(i, j))
  }
  mean *= Math.sqrt(2 / Math.PI)
  variance *= 2 / Math.PI
  const shape = shapeOf(mean ** 2 / (mean ** 2 + variance))
  const scale = mean / meanOf(shape)
  return {
    mean,
    variance,
    quantile: (tail) => scale * gammaUpperQuantile(tail, shape) ** (1 / POWER),
    tail: (value) => upperGamma(shape, (Math.max(0, value) / scale) ** POWER),
  }
}

/** Less the factor 2/π σ_x σ_y. */
function foldedCovariance(correlation: number): number {
  const rho = Math.min(1, Math.max(-1, correlation))
  return rho * Math.asin(rho) + Math.sqrt(1 - rho * rho) - 1
}

/** Mean of the n-th power of such a value, with scale 1. */
const meanOf = (shape: number, n = 1): number => Math.exp(logGamma(shape + n / POWER) - logGamma(shape))

/** The shape at which squared mean and mean square have this ratio, which rises with it. */
function shapeOf(ratio: number): number {
  let [low, high] = [SHAPE_MIN, SHAPE_MAX]
  while (high / low > 1 + 1e-12) {
    const middle = Math.sqrt(low * high)
    if (meanOf(middle) ** 2 / meanOf(middle, 2) < ratio) low = middle
    else high = middle
  }
  return low
}
