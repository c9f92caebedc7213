import { type BinnedPair, rowsOf } from './counts.ts'

/**
 * Total variation distance: Σ |p - q| / 2, the share of rows that would have to change bin.
 *
 * @returns In 0..1. Throws BinsMismatch, EmptySample. Time O(bins). Checked against numpy.
 */
export function totalVariation(pair: BinnedPair): number {
  const { n, m } = rowsOf(pair)
  let sum = 0
  for (let i = 0; i < pair.reference.length; i++) sum += Math.abs(pair.reference[i]! / n - pair.window[i]! / m)
  return Math.min(1, sum / 2)
}
