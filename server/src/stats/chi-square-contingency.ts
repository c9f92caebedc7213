import { chiSquareTail } from './chi-square.ts'
import { type BinnedPair, occupiedBins, rowsOf, spreadOf } from './counts.ts'

export interface ContingencyTest {
  readonly statistic: number
  /** Occupied bins less one; fewer, and broken, when bins count as expecting more than they do. */
  readonly degrees: number
  readonly pValue: number
  /**
   * Cohen's w: the root of Σ (p - q)² / pooled share, which has no sample size in it. 0.1 is called small, 0.3 medium, 0.5
   * large (J. Cohen 1988, Statistical Power Analysis, 7.2).
   */
  readonly effect: number
}

/**
 * Pearson's test that two samples come from one distribution over bins. Both are samples: the reference is not taken for the
 * truth, which would call half of all healthy windows changed.
 *
 * @param expectedMin A bin that expects fewer rows than this in the smaller sample counts as expecting so many. 0 is the test as
 *   everyone has it; with 1, a single row of a kind that nobody expected does not decide (W. Cochran 1954: none below one).
 *   Such a bin adds as much less to the statistic as to its degrees, which are its mean by chance: Σ (1 - share) min(1, share / least).
 *
 * Throws BinsMismatch, EmptySample. One occupied bin gives p = 1. Time O(bins).
 * Source: K. Pearson (1900), Phil. Mag. 50, 157-175. Checked against scipy.stats.chi2_contingency(correction=False).
 */
export function chiSquareContingency(pair: BinnedPair, expectedMin = 0): ContingencyTest {
  const { n, m } = rowsOf(pair)
  const least = expectedMin / Math.min(n, m)
  let [sum, degrees] = [0, occupiedBins(pair) - 1]
  for (let i = 0; i < pair.reference.length; i++) {
    const both = pair.reference[i]! + pair.window[i]!
    if (both === 0) continue
    const share = both / (n + m)
    sum += (pair.reference[i]! / n - pair.window[i]! / m) ** 2 / Math.max(share, least)
    if (share < least) degrees -= (1 - share) * (1 - share / least)
  }
  const statistic = sum / spreadOf(n, m)
  return { statistic, degrees, pValue: degrees <= 0 ? 1 : chiSquareTail(statistic, degrees), effect: Math.sqrt(sum) }
}
