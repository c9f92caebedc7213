import { type BinnedPair, rowsOf } from './counts.ts'

/**
 * Hellinger distance: |√p - √q| / √2 over the bins.
 *
 * @returns In 0..1; 1 when no bin is shared. Throws BinsMismatch, EmptySample. Time O(bins).
 * Source: E. Hellinger (1909), J. reine angew. Math. 136, 210-271. Checked against numpy.
 */
export function hellinger(pair: BinnedPair): number {
  const { n, m } = rowsOf(pair)
  let sum = 0
  for (let i = 0; i < pair.reference.length; i++) sum += (Math.sqrt(pair.reference[i]! / n) - Math.sqrt(pair.window[i]! / m)) ** 2
  return Math.min(1, Math.sqrt(sum / 2))
}
