/**
 * The sum of absolute values of normal variables that hang together, which is what total variation and the area between two CDFs
 * are when nothing has drifted. Its mean and variance have closed forms,
 *
 *     E|X| = σ √(2/π)        Cov(|X|, |Y|) = 2/π σ_x σ_y (ρ asin ρ + √(1-ρ²) - 1)
 *
 * and a power of it is taken to be a gamma with both. The less terms hang together, the less the sum leans to the right: for equal
 * independent terms the right power is 1.68, and POWER is a little on the safe side of it (for one term alone the 99.9 % quantile
 * is 9 % too large); a sum of gaps between two CDFs, where neighbours are nearly the same, leans like the gamma itself: power 1.
 * Sources: B. Nabeya (1951), Ann. Inst. Statist. Math. 3, 2-6, for the covariance; E. Stacy (1962) for powers of a gamma.
 */
import { gammaUpperQuantile } from './chi-square.ts'
import { upperGamma } from './incomplete-gamma.ts'
import { logGamma } from './log-gamma.ts'

/** Beyond this many terms the exact covariance is replaced by its leading term, ρ²/2, which is then within 1 %. */
const EXACT_TERMS_MAX = 200
/** For terms that hang together loosely. */
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
 * @param power Above 0; 1 for terms that hang together closely.
 */
export function foldedNormalSum(
  deviations: Float64Array,
  correlation: (i: number, j: number) => number,
  power = POWER,
): FoldedNormalSum {
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
  const shape = shapeOf(mean ** 2 / (mean ** 2 + variance), power)
  const scale = mean / meanOf(shape, 1 / power)
  return {
    mean,
    variance,
    quantile: (tail) => scale * gammaUpperQuantile(tail, shape) ** (1 / power),
    tail: (value) => upperGamma(shape, (Math.max(0, value) / scale) ** power),
  }
}

/** Less the factor 2/π σ_x σ_y. */
function foldedCovariance(correlation: number): number {
  const rho = Math.min(1, Math.max(-1, correlation))
  return rho * Math.asin(rho) + Math.sqrt(1 - rho * rho) - 1
}

/** Mean of a power of a gamma with scale 1. */
const meanOf = (shape: number, exponent: number): number => Math.exp(logGamma(shape + exponent) - logGamma(shape))

/** The shape at which squared mean and mean square have this ratio, which rises with it. */
function shapeOf(ratio: number, power: number): number {
  let [low, high] = [SHAPE_MIN, SHAPE_MAX]
  while (high / low > 1 + 1e-12) {
    const middle = Math.sqrt(low * high)
    if (meanOf(middle, 1 / power) ** 2 / meanOf(middle, 2 / power) < ratio) low = middle
    else high = middle
  }
  return low
}
