/**
 * Area under the precision-recall curve as average precision: the mean, over the rows where the outcome happened, of the
 * precision at that row's score. It is what a rare outcome is judged by, because its floor is the outcome's own share.
 *
 * With weights w on the rows, P and N the weights of positives and negatives at or above a score, M all positives,
 *
 *     AP(w) = 1/M · Σ_{i positive} w_i · P(s_i) / (P(s_i) + N(s_i))
 *
 * and its derivative in the weight of one row is a running sum from the lowest score upwards. The infinitesimal jackknife
 * takes the sum of squared derivatives as the variance: what a bootstrap would find, in one pass and with no randomness.
 * Sources: L. Jaeckel (1972), The infinitesimal jackknife; K. Boyd, K. Eng, D. Page (2013), ECML, on logit intervals for it.
 * Checked against scikit-learn's average_precision_score and a bootstrap of it.
 */
import { type ClassScores, splitByClass } from './class-scores.ts'
import type { Estimate } from './estimate.ts'
import { shareInterval } from './share-interval.ts'

/**
 * @param scores   Shape [n], higher means more likely.  @param outcomes Shape [n]; 1 is positive, all else negative.
 * @returns Value in 0..1. Ties are one threshold, as in scikit-learn; no interpolation.
 * @throws OneClass, LengthMismatch, EmptySample, NotANumber. Time O(n log n).
 */
export function averagePrecision(scores: Float64Array, outcomes: Float64Array, confidence = 0.95): Estimate {
  const classes = splitByClass('Average precision', scores, outcomes)
  const { value, variance } = valueAndVariance(classes)
  return shareInterval({
    value,
    standardError: Math.sqrt(variance),
    trials: classes.positives.length,
    rows: scores.length,
    confidence,
    method: 'infinitesimal jackknife, logit scale',
  })
}

function valueAndVariance({ positives, negatives }: ClassScores): { value: number; variance: number } {
  const count = positives.length
  const steps = thresholds({ positives, negatives })
  let value = 0
  for (const { own, above, beside } of steps) value += (own * above) / (above + beside) / count
  let squares = 0
  let ofPositive = 0
  let ofNegative = 0
  for (const { own, ownNegatives, above, beside } of steps) {
    const all = above + beside
    ofPositive += (own * beside) / all ** 2
    ofNegative -= (own * above) / all ** 2
    squares += own * ((above / all + ofPositive - value) / count) ** 2 + ownNegatives * (ofNegative / count) ** 2
  }
  return { value, variance: squares }
}

interface Threshold {
  /** Positives and negatives with exactly this score. */
  readonly own: number
  readonly ownNegatives: number
  /** Positives and negatives with at least this score. */
  readonly above: number
  readonly beside: number
}

/** Every distinct score from low to high. */
function thresholds({ positives, negatives }: ClassScores): Threshold[] {
  const steps: Threshold[] = []
  let p = 0
  let n = 0
  while (p < positives.length || n < negatives.length) {
    const [above, beside] = [positives.length - p, negatives.length - n]
    const score = Math.min(positives[p] ?? Number.POSITIVE_INFINITY, negatives[n] ?? Number.POSITIVE_INFINITY)
    while (positives[p] === score) p++
    while (negatives[n] === score) n++
    steps.push({ own: above - (positives.length - p), ownNegatives: beside - (negatives.length - n), above, beside })
  }
  return steps
}
