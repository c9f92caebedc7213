/**
 * The Wasserstein-1 distance of two samples of numbers: the area between their CDFs, which is how far, on average, values would
 * have to be moved to turn one sample into the other. It has the unit of the values.
 * Source: S. Vallender (1974), Theory Probab. Appl. 18, 784-786.
 */
import { requireNumbers } from './estimate.ts'

/** Below this share of the largest value a standard deviation is rounding, and is not divided by. */
const DEVIATION_MIN = 1e-12

/**
 * @param reference Shape [n], n >= 1.  @param window Shape [m], m >= 1. Neither is modified. Throws EmptySample, NotANumber.
 * Exact. Time O(n log n + m log m). Checked against scipy.stats.wasserstein_distance.
 */
export function wassersteinDistance(reference: Float64Array, window: Float64Array): number {
  requireNumbers('reference', reference)
  requireNumbers('window', window)
  const [a, b] = [reference.toSorted(), window.toSorted()]
  let [i, j, area] = [0, 0, 0]
  let x = Math.min(a[0]!, b[0]!)
  while (i < a.length || j < b.length) {
    const next = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY)
    area += (next - x) * Math.abs(i / a.length - j / b.length)
    x = next
    while (i < a.length && a[i] === x) i++
    while (j < b.length && b[j] === x) j++
  }
  return area
}

/** The distance in standard deviations (with n) of the reference; of a constant reference, infinity or 0. */
export function normedWasserstein(reference: Float64Array, window: Float64Array): number {
  const distance = wassersteinDistance(reference, window)
  const mean = reference.reduce((sum, value) => sum + value / reference.length, 0)
  const deviation = Math.sqrt(reference.reduce((sum, value) => sum + (value - mean) ** 2 / reference.length, 0))
  return distance === 0 ? 0 : distance / (deviation > DEVIATION_MIN * Math.abs(mean) ? deviation : 0)
}

/** Where counts of numbers lie: `knots` rise, and bin i holds knots[i-1] < x <= knots[i], the first and last bin being open. */
export interface Scale {
  readonly knots: Float64Array
  /** Each knot is the only value of its bin, so that a CDF is flat between knots. Else it is taken to be straight. */
  readonly isDiscrete: boolean
}

/**
 * The distance from counts, winsorised: values below the first knot count as the first knot and those above the last as the
 * last, so that one absurd value moves no more than one row. Straight lines between knots stand for what lies in a bin.
 *
 * @param a Counts, one more than knots, with a sum above 0.  @param b The same.  @returns In the unit of the knots.
 */
export function binnedWasserstein(a: Float64Array, b: Float64Array, { knots, isDiscrete }: Scale): number {
  const gaps = cdfGaps(a, b)
  let area = 0
  for (let i = 0; i + 1 < knots.length; i++) {
    const [from, to, width] = [gaps[i]!, gaps[i + 1]!, knots[i + 1]! - knots[i]!]
    area += width * (isDiscrete ? Math.abs(from) : meanAbsolute(from, to))
  }
  return area
}

/** Difference of the two CDFs at each knot. */
export function cdfGaps(a: Float64Array, b: Float64Array): Float64Array {
  const [n, m] = [a.reduce((x, y) => x + y, 0), b.reduce((x, y) => x + y, 0)]
  const gaps = new Float64Array(Math.max(0, a.length - 1))
  let [inA, inB] = [0, 0]
  for (let i = 0; i < gaps.length; i++) {
    inA += a[i]!
    inB += b[i]!
    gaps[i] = inA / n - inB / m
  }
  return gaps
}

/** Mean of |y| along a straight line from one height to another. */
function meanAbsolute(from: number, to: number): number {
  if (from * to >= 0) return (Math.abs(from) + Math.abs(to)) / 2
  return (from * from + to * to) / (2 * Math.abs(from - to))
}

/** Standard deviation of counts on a scale, winsorised and spread in their bins as above. 0 below two knots. */
export function binnedDeviation(counts: Float64Array, { knots, isDiscrete }: Scale): number {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  let [mean, squares] = [0, 0]
  const each = (see: (share: number, low: number, high: number) => void) => {
    for (let i = 0; i < counts.length; i++) {
      const high = knots[Math.min(i, knots.length - 1)]!
      see(counts[i]! / rows, isDiscrete || i === counts.length - 1 ? high : knots[Math.max(0, i - 1)]!, high)
    }
  }
  if (knots.length < 2) return 0
  each((share, low, high) => (mean += share * (low / 2 + high / 2)))
  each((share, low, high) => (squares += share * ((low / 2 + high / 2 - mean) ** 2 + (high - low) ** 2 / 12)))
  return Math.sqrt(squares)
}
