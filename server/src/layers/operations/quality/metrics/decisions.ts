/**
 * Metrics of decisions. A probability decides yes from 0.5 on; of several classes the most probable is the decision. Averages
 * over classes are plain (macro), so that a rare class counts as much as a frequent one.
 */
import { bootstrapInterval } from '../../../../stats/bootstrap-interval.ts'
import { accuracy, balancedAccuracy, confusionOf, f1, precision, recall, type Confusion } from '../../../../stats/confusion.ts'
import type { Estimate } from '../../../../stats/estimate.ts'
import { wilsonInterval } from '../../../../stats/wilson-interval.ts'
import type { BinaryOutcomes, MulticlassOutcomes } from '../scored-outcomes.ts'
import { defineQualityMetric } from './contract.ts'

/** Shown in the method of every metric of decisions. */
export const DECISION_THRESHOLD = 0.5
/** More classes than this are mostly names that were sent as outcomes, and a mean over each would hold the program up for seconds. */
const CLASSES_MAX = 300

const byCounts =
  (measure: (counts: Confusion, confidence: number) => Estimate) =>
  ({ scores, outcomes }: BinaryOutcomes, confidence: number): Estimate => {
    const estimate = measure(confusionOf(scores, outcomes, DECISION_THRESHOLD), confidence)
    return { ...estimate, method: `${estimate.method}, yes from ${DECISION_THRESHOLD}` }
  }

export const accuracyMetric = defineQualityMetric({
  id: 'accuracy',
  title: 'Accuracy',
  better: 'higher',
  rareRowsMin: 0,
  estimate: {
    binary: byCounts(accuracy),
    multiclass: ({ predicted, outcomes }, confidence) => {
      let right = 0
      for (let i = 0; i < predicted.length; i++) if (predicted[i] === outcomes[i]) right++
      return wilsonInterval(right, predicted.length, confidence)
    },
  },
})

export const precisionMetric = defineQualityMetric({
  id: 'precision',
  title: 'Precision',
  better: 'higher',
  estimate: { binary: byCounts(precision) },
})

export const recallMetric = defineQualityMetric({
  id: 'recall',
  title: 'Recall',
  better: 'higher',
  estimate: { binary: byCounts(recall) },
})

export const f1Metric = defineQualityMetric({
  id: 'f1',
  title: 'F1',
  better: 'higher',
  classesMax: CLASSES_MAX,
  estimate: {
    binary: byCounts(f1),
    multiclass: (pairs, confidence) =>
      overClasses(pairs, confidence, (right, happened, chosen) =>
        happened + chosen > 0 ? (2 * right) / (happened + chosen) : undefined,
      ),
  },
})

export const balancedAccuracyMetric = defineQualityMetric({
  id: 'balanced-accuracy',
  title: 'Balanced accuracy',
  better: 'higher',
  classesMax: CLASSES_MAX,
  estimate: {
    binary: byCounts(balancedAccuracy),
    multiclass: (pairs, confidence) =>
      overClasses(pairs, confidence, (right, happened) => (happened > 0 ? right / happened : undefined)),
  },
})

/** Mean over the classes of a share of each, with a bootstrap interval; `share` is undefined for a class that did not occur. */
function overClasses(
  { predicted, outcomes, classes }: MulticlassOutcomes,
  confidence: number,
  share: (right: number, happened: number, chosen: number) => number | undefined,
): Estimate {
  const terms = {
    rows: outcomes.length,
    width: 3 * classes.length,
    addTo(sums: Float64Array, at: number, row: number) {
      const [outcome, chosen] = [outcomes[row]!, predicted[row]!]
      if (outcome === chosen) sums[at + 3 * outcome]!++
      sums[at + 3 * outcome + 1]!++
      sums[at + 3 * chosen + 2]!++
    },
  }
  const mean = (sums: Float64Array) => {
    const shares = classes.flatMap((_, code) => share(sums[code * 3]!, sums[code * 3 + 1]!, sums[code * 3 + 2]!) ?? [])
    return shares.reduce((sum, x) => sum + x, 0) / shares.length
  }
  return bootstrapInterval(terms, mean, { confidence })
}
