/**
 * Does a challenger that is better on the whole do harm somewhere? Each slice is compared by itself; because many slices are
 * many chances to be unlucky, their p-values are adjusted together (Holm), and a slice is harmed when the challenger is worse
 * there and the adjusted p-value is below 1 - confidence. The chance that one unharmed slice is called harmed stays below that.
 */
import { holmAdjusted } from '../../../stats/holm.ts'
import { pickPairs, type ScoredOutcomes } from '../../operations/index.ts'
import { comparePaired, type ComparisonOptions, type PairedDifference } from './compare-paired.ts'

export interface ComparedSlice {
  /** `origin = ATL`. */
  readonly label: string
  readonly difference: PairedDifference
  readonly pAdjusted: number
  readonly isHarmed: boolean
}

export interface SliceComparison {
  /** The worst first. */
  readonly slices: readonly ComparedSlice[]
  /** Too few rows for the metric, or beyond SLICES_MAX. */
  readonly unjudged: number
}

/** Slices that are compared, the largest first. */
const SLICES_MAX = 200

/** @param slices `places` are positions among the pairs. Throws what comparePaired throws. */
export async function compareSlices(
  champion: ScoredOutcomes,
  challenger: ScoredOutcomes,
  metric: string,
  slices: readonly { readonly label: string; readonly places: Int32Array }[],
  options: ComparisonOptions = {},
): Promise<SliceComparison> {
  const large = slices.toSorted((a, b) => b.places.length - a.places.length).slice(0, SLICES_MAX)
  const found: { label: string; difference: PairedDifference }[] = []
  for (const { label, places } of large) {
    options.signal?.throwIfAborted()
    const { difference } = await comparePaired(pickPairs(champion, places), pickPairs(challenger, places), metric, options)
    if (difference !== undefined) found.push({ label, difference })
  }
  const adjusted = holmAdjusted(found.map(({ difference }) => difference.p))
  const compared = found.map(({ label, difference }, i): ComparedSlice => {
    const pAdjusted = adjusted[i]!
    const isHarmed = difference.improvement.value < 0 && pAdjusted < 1 - difference.improvement.confidence
    return { label, difference, pAdjusted, isHarmed }
  })
  const slicesByLoss = compared.toSorted((a, b) => a.difference.improvement.value - b.difference.improvement.value)
  return { slices: slicesByLoss, unjudged: slices.length - compared.length }
}
