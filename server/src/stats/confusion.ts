/**
 * What follows from counting right and wrong decisions of a binary classifier, each with an interval in closed form.
 *
 * Accuracy, precision and recall are shares of rows, so Wilson's interval is theirs. F1 is 2J / (1 + J) of the Jaccard index
 * J = TP / (TP + FP + FN), a share as well, and the map rises, so the ends of J's interval map to those of F1. Balanced
 * accuracy is the mean of two independent shares, joined by Newcombe's method, which keeps the reach of each side.
 * Sources: R. Newcombe (1998), Stat. Med. 17, 873-890 (method 10); checked against scikit-learn and statsmodels' formulas.
 */
import { type Estimate, requirePairs } from './estimate.ts'
import { OneClass } from './errors.ts'
import { wilsonInterval } from './wilson-interval.ts'

export interface Confusion {
  readonly truePositives: number
  readonly falsePositives: number
  readonly falseNegatives: number
  readonly trueNegatives: number
}

/** Counts decisions. @param scores Shape [n]; a score of at least `threshold` decides yes. @param outcomes 1 is positive. */
export function confusionOf(scores: Float64Array, outcomes: Float64Array, threshold: number): Confusion {
  requirePairs('Scores', scores, 'outcomes', outcomes)
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < scores.length; i++) counts[(scores[i]! >= threshold ? 2 : 0) + (outcomes[i] === 1 ? 1 : 0)]!++
  return { trueNegatives: counts[0]!, falseNegatives: counts[1]!, falsePositives: counts[2]!, truePositives: counts[3]! }
}

const rowsOf = (c: Confusion) => c.truePositives + c.falsePositives + c.falseNegatives + c.trueNegatives

/** Share of decisions that were right. */
export function accuracy(c: Confusion, confidence = 0.95): Estimate {
  return wilsonInterval(c.truePositives + c.trueNegatives, rowsOf(c), confidence)
}

/** Share of yes-decisions that were right. Throws OneClass when nothing was decided yes. */
export function precision(c: Confusion, confidence = 0.95): Estimate {
  return shareOf('Precision', c.truePositives, c.truePositives + c.falsePositives, c, confidence)
}

/** Share of outcomes that were found. Throws OneClass when there was none. */
export function recall(c: Confusion, confidence = 0.95): Estimate {
  return shareOf('Recall', c.truePositives, c.truePositives + c.falseNegatives, c, confidence)
}

function shareOf(statistic: string, part: number, whole: number, c: Confusion, confidence: number): Estimate {
  if (whole === 0) throw new OneClass({ statistic })
  return { ...wilsonInterval(part, whole, confidence), rows: rowsOf(c), method: `Wilson score of ${whole} rows` }
}

/** Harmonic mean of precision and recall. Throws OneClass when no row is positive in fact or by decision. */
export function f1(c: Confusion, confidence = 0.95): Estimate {
  const jaccard = shareOf('F1', c.truePositives, c.truePositives + c.falsePositives + c.falseNegatives, c, confidence)
  const fOf = (j: number) => (2 * j) / (1 + j)
  return {
    ...jaccard,
    value: fOf(jaccard.value),
    low: fOf(jaccard.low),
    high: fOf(jaccard.high),
    method: 'Wilson score of the Jaccard index',
  }
}

/** Mean of the shares of positives and of negatives that were recognised. Throws OneClass when one class is absent. */
export function balancedAccuracy(c: Confusion, confidence = 0.95): Estimate {
  const yes = shareOf('Balanced accuracy', c.truePositives, c.truePositives + c.falseNegatives, c, confidence)
  const no = shareOf('Balanced accuracy', c.trueNegatives, c.trueNegatives + c.falsePositives, c, confidence)
  const value = (yes.value + no.value) / 2
  return {
    value,
    low: value - Math.hypot(yes.value - yes.low, no.value - no.low) / 2,
    high: value + Math.hypot(yes.high - yes.value, no.high - no.value) / 2,
    confidence,
    rows: rowsOf(c),
    method: 'Newcombe of two Wilson scores',
  }
}
