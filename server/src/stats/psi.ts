import { type BinnedPair, occupiedBins, rowsOf } from './counts.ts'

/** Added to each count that either sample has, so that an empty bin has a finite ratio: Jeffreys' prior. */
const PRIOR = 0.5

/**
 * Population stability index: Σ (p - q) ln(p / q), the sum of both Kullback-Leibler divergences, in nats.
 *
 * Its value is part bins, part floor: 0.1 on ten bins of a million rows and 0.1 on a hundred rows are different things. Here half
 * a row is added to every bin that is occupied in either sample, and nothing when no bin is empty in one of them only, so that
 * the value then is the plain formula. Judge it by `psiLaw`, which knows the sizes and the bins.
 *
 * @returns At least 0, 0 for equal shares. Throws BinsMismatch, EmptySample. Time O(bins).
 * Source: S. Kullback, R. Leibler (1951); in credit scoring since the 1990s. Checked against numpy.
 */
export function psi(pair: BinnedPair): number {
  const { n, m } = rowsOf(pair)
  const isOneSided = pair.reference.some((count, i) => (count === 0) !== (pair.window[i] === 0))
  const prior = isOneSided ? PRIOR : 0
  const bins = occupiedBins(pair)
  let sum = 0
  for (let i = 0; i < pair.reference.length; i++) {
    if (pair.reference[i] === 0 && pair.window[i] === 0) continue
    const p = (pair.reference[i]! + prior) / (n + prior * bins)
    const q = (pair.window[i]! + prior) / (m + prior * bins)
    sum += (p - q) * Math.log(p / q)
  }
  return sum
}
