/**
 * Area under the ROC curve: the probability that a row where the outcome happened scores higher than one where it did not,
 * ties counting one half. Its variance is DeLong's, computed from the rows' own placements.
 *
 * The placement of a positive is the share of negatives it beats; that of a negative the share of positives that beat it. Both
 * fall out of one walk over the two classes, each sorted by itself:
 *
 *     positives  0.2  0.5 0.5      0.9
 *     negatives  0.1  0.2     0.5       ->  at each distinct score: how many of the other class lie below, at, above
 *
 * Var(AUC) = Var(placements of positives) / m + Var(placements of negatives) / n.
 * Sources: E. DeLong, D. DeLong, D. Clarke-Pearson (1988), Biometrics 44, 837-845; X. Sun, W. Xu (2014), IEEE Signal Process.
 * Lett. 21, 1389-1393, for the O(n log n) form. Checked against scikit-learn's roc_auc_score and an O(n²) DeLong.
 */
import { type ClassScores, runEnd, splitByClass } from './class-scores.ts'
import type { Estimate } from './estimate.ts'
import { shareInterval } from './share-interval.ts'

/**
 * @param scores   Shape [n], higher means more likely.  @param outcomes Shape [n]; 1 is positive, all else negative.
 * @returns Value in 0..1; 0.5 is guessing. DeLong's interval on the logit scale. A perfect ranking has no spread: its lower
 *   end is that of min(m, n) disjoint pairs which all agree.
 * @throws OneClass, LengthMismatch, EmptySample, NotANumber. Time O(n log n).
 */
export function rocAuc(scores: Float64Array, outcomes: Float64Array, confidence = 0.95): Estimate {
  const classes = splitByClass('The area under the ROC curve', scores, outcomes)
  const { positives, negatives } = classes
  const value = 1 - meanLoss(classes)
  const standardError = Math.sqrt(delongVariance(classes, value))
  const trials = Math.min(positives.length, negatives.length)
  return shareInterval({ value, standardError, trials, rows: scores.length, confidence, method: 'DeLong, logit scale' })
}

type SeePlacement = (positives: number, beaten: number, negatives: number, beating: number) => void

/** Per distinct score: its positives and the share of negatives each beats, its negatives and the share of positives that beat each. */
function walk({ positives, negatives }: ClassScores, see: SeePlacement): void {
  let p = 0
  let n = 0
  while (p < positives.length || n < negatives.length) {
    const x = Math.min(positives[p] ?? Number.POSITIVE_INFINITY, negatives[n] ?? Number.POSITIVE_INFINITY)
    const pEnd = p < positives.length && positives[p] === x ? runEnd(positives, p) : p
    const nEnd = n < negatives.length && negatives[n] === x ? runEnd(negatives, n) : n
    const beaten = (n + nEnd) / 2 / negatives.length
    const beating = 1 - (p + pEnd) / 2 / positives.length
    see(pEnd - p, beaten, nEnd - n, beating)
    p = pEnd
    n = nEnd
  }
}

/** 1 - AUC, summed as losses so that an AUC near 1 keeps its digits. */
function meanLoss(classes: ClassScores): number {
  let loss = 0
  walk(classes, (positives, beaten) => (loss += positives * (1 - beaten)))
  return loss / classes.positives.length
}

function delongVariance(classes: ClassScores, auc: number): number {
  let ofPositives = 0
  let ofNegatives = 0
  walk(classes, (positives, beaten, negatives, beating) => {
    ofPositives += positives * (beaten - auc) ** 2
    ofNegatives += negatives * (beating - auc) ** 2
  })
  const [m, n] = [classes.positives.length, classes.negatives.length]
  return ofPositives / Math.max(1, m - 1) / m + ofNegatives / Math.max(1, n - 1) / n
}
