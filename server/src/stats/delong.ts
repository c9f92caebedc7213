/**
 * Two areas under the ROC curve on the same rows, and their difference. Both models meet the same easy and hard rows, so their
 * areas rise and fall together; taking that into account makes the interval of the difference far narrower than two intervals
 * held side by side.
 *
 * Each row has a placement under each model: for a positive the share of negatives that it beats, for a negative the share of
 * positives that beat it. The variance of the difference is that of the differences of placements, over positives and over
 * negatives.
 * Source: E. DeLong, D. DeLong, D. Clarke-Pearson (1988), Biometrics 44, 837-845. Checked against an O(n²) form in numpy.
 */
import { type ClassScores, runEnd, splitByClass } from './class-scores.ts'
import type { Estimate } from './estimate.ts'
import { LengthMismatch } from './errors.ts'
import { zOf } from './normal.ts'

export interface PairedAuc {
  readonly first: number
  readonly second: number
  /** second - first. */
  readonly difference: Estimate
  readonly standardError: number
}

/**
 * @param first, second Scores of two models, shape [n], higher means more likely. @param outcomes Shape [n]; 1 is positive.
 * @throws OneClass, LengthMismatch, EmptySample, NotANumber. Time O(n log n).
 */
export function pairedAuc(first: Float64Array, second: Float64Array, outcomes: Float64Array, confidence = 0.95): PairedAuc {
  if (first.length !== second.length)
    throw new LengthMismatch({ left: 'One model', leftLength: first.length, right: 'the other', rightLength: second.length })
  const [a, b] = [placements(first, outcomes), placements(second, outcomes)]
  const of = (isPositive: boolean) => momentsOf(a, b, outcomes, isPositive)
  const [positives, negatives] = [of(true), of(false)]
  const standardError = Math.sqrt(positives.variance / positives.count + negatives.variance / negatives.count)
  const value = positives.meanB - positives.meanA
  const reach = zOf(confidence) * standardError
  const method = 'paired DeLong'
  const difference = { value, low: value - reach, high: value + reach, confidence, rows: first.length, method }
  return { first: positives.meanA, second: positives.meanB, difference, standardError }
}

/** Of each row. */
function placements(scores: Float64Array, outcomes: Float64Array): Float64Array {
  const { positives, negatives }: ClassScores = splitByClass('The area under the ROC curve', scores, outcomes)
  const below = (sorted: Float64Array, score: number): number => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sorted[middle]! < score) low = middle + 1
      else high = middle
    }
    const end = sorted[low] === score ? runEnd(sorted, low) : low
    return (low + end) / 2 / sorted.length
  }
  return scores.map((score, i) => (outcomes[i] === 1 ? below(negatives, score) : 1 - below(positives, score)))
}

/** Means of the placements under each model, and the sample variance of their difference, over one class. */
function momentsOf(a: Float64Array, b: Float64Array, outcomes: Float64Array, isPositive: boolean) {
  let [count, sumA, sumB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++)
    if ((outcomes[i] === 1) === isPositive) {
      count++
      sumA += a[i]!
      sumB += b[i]!
    }
  const mean = (sumB - sumA) / count
  let squares = 0
  for (let i = 0; i < a.length; i++) if ((outcomes[i] === 1) === isPositive) squares += (b[i]! - a[i]! - mean) ** 2
  return { count, meanA: sumA / count, meanB: sumB / count, variance: squares / Math.max(1, count - 1) }
}
