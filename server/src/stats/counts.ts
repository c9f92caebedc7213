import { BinsMismatch, EmptySample } from './errors.ts'

/** Counts of two samples on the same bins, in the same order. Whole numbers, none negative. */
export interface BinnedPair {
  readonly reference: Float64Array
  readonly window: Float64Array
}

export function sumOf(counts: Float64Array): number {
  let sum = 0
  for (let i = 0; i < counts.length; i++) sum += counts[i]!
  return sum
}

/** Rows of both. Throws BinsMismatch, and EmptySample when one has no rows. */
export function rowsOf({ reference, window }: BinnedPair): { readonly n: number; readonly m: number } {
  if (reference.length !== window.length) throw new BinsMismatch({ reference: reference.length, window: window.length })
  const [n, m] = [sumOf(reference), sumOf(window)]
  if (n === 0) throw new EmptySample({ name: 'reference' })
  if (m === 0) throw new EmptySample({ name: 'window' })
  return { n, m }
}

/** 1/n + 1/m: how much the difference of two shares varies by chance, as a factor of p(1 - p). */
export const spreadOf = (n: number, m: number): number => 1 / n + 1 / m

/** Bins that at least one of both has rows in. Only these can differ. */
export function occupiedBins({ reference, window }: BinnedPair): number {
  let occupied = 0
  for (let i = 0; i < reference.length; i++) if (reference[i]! + window[i]! > 0) occupied++
  return occupied
}

/** Shares of both samples taken together, the best guess of the truth when nothing has drifted. */
export function pooledShares(pair: BinnedPair): Float64Array {
  const { n, m } = rowsOf(pair)
  return pair.reference.map((count, i) => (count + pair.window[i]!) / (n + m))
}
