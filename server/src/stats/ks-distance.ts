import { type BinnedPair, rowsOf } from './counts.ts'
import { requireNumbers } from './estimate.ts'

/**
 * Two-sample Kolmogorov-Smirnov distance: the largest vertical gap between two empirical CDFs.
 *
 * @param reference Shape [n], n >= 1, any order.  @param window Shape [m], m >= 1, same unit. Neither is modified.
 * @returns D in 0..1. 0: the same distribution. 1: no overlap. Tied values are stepped over together.
 * @throws EmptySample, NotANumber.
 *
 * Time O(n log n + m log m). Source: N. Smirnov (1948), Ann. Math. Statist. 19, 279-281. Checked against scipy.stats.ks_2samp.
 */
export function ksDistance(reference: Float64Array, window: Float64Array): number {
  requireNumbers('reference', reference)
  requireNumbers('window', window)
  const [a, b] = [reference.toSorted(), window.toSorted()]
  let [i, j, distance] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i] === x) i++
    while (j < b.length && b[j] === x) j++
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length))
  }
  return distance
}

/**
 * The same from counts on bins that rise: the largest gap at an edge of the bins, which is never more than the gap of the
 * values themselves. Throws BinsMismatch, EmptySample. Time O(bins).
 */
export function ksDistanceBinned(pair: BinnedPair): number {
  const { n, m } = rowsOf(pair)
  let [a, b, distance] = [0, 0, 0]
  for (let i = 0; i < pair.reference.length; i++) {
    a += pair.reference[i]!
    b += pair.window[i]!
    distance = Math.max(distance, Math.abs(a / n - b / m))
  }
  return distance
}
