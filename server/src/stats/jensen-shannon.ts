import { type BinnedPair, rowsOf } from './counts.ts'

/**
 * Jensen-Shannon divergence in bits: half the sum of the Kullback-Leibler divergences of each sample to their middle. Needs no
 * floor, because the middle is empty only where both are.
 *
 * @returns In 0..1. Throws BinsMismatch, EmptySample. Time O(bins).
 * Source: J. Lin (1991), IEEE Trans. Inf. Theory 37, 145-151.
 */
export function jensenShannonDivergence(pair: BinnedPair): number {
  const { n, m } = rowsOf(pair)
  const part = (share: number, middle: number) => (share === 0 ? 0 : share * Math.log2(share / middle))
  let sum = 0
  for (let i = 0; i < pair.reference.length; i++) {
    const [p, q] = [pair.reference[i]! / n, pair.window[i]! / m]
    sum += part(p, (p + q) / 2) + part(q, (p + q) / 2)
  }
  return Math.min(1, Math.max(0, sum / 2))
}

/**
 * Its square root, a true distance, in 0..1 with logarithms to base 2 (some libraries use base e, which makes it 0.833 times
 * this). Checked against scipy.spatial.distance.jensenshannon(base=2).
 */
export const jensenShannonDistance = (pair: BinnedPair): number => Math.sqrt(jensenShannonDivergence(pair))
