import { calibrationError } from '../../../../stats/calibration-error.ts'
import { meanInterval } from '../../../../stats/mean-interval.ts'
import { brierScore, logLoss } from '../../../../stats/probability-loss.ts'
import type { MulticlassOutcomes } from '../scored-outcomes.ts'
import { OutcomeUnreadable } from '../errors.ts'
import { defineQualityMetric } from './contract.ts'

export const logLossMetric = defineQualityMetric({
  id: 'log-loss',
  title: 'Log loss, in nats',
  better: 'lower',
  rareRowsMin: 0,
  estimate: {
    binary: ({ scores, outcomes }, confidence) => logLoss(scores, outcomes, confidence),
    multiclass: (pairs, confidence) => {
      const given = givenToOutcome(pairs)
      return logLoss(given, new Float64Array(given.length).fill(1), confidence)
    },
  },
})

export const brierScoreMetric = defineQualityMetric({
  id: 'brier-score',
  title: 'Brier score',
  better: 'lower',
  rareRowsMin: 0,
  estimate: {
    binary: ({ scores, outcomes }, confidence) => brierScore(scores, outcomes, confidence),
    // Brier's own form for several classes, in 0..2: the squared distances summed over the classes.
    multiclass: (pairs, confidence) => {
      const classes = probabilitiesOf(pairs)
      return meanInterval(
        Float64Array.from(pairs.outcomes, (outcome, row) =>
          classes.reduce((sum, column, code) => sum + (column[row]! - (code === outcome ? 1 : 0)) ** 2, 0),
        ),
        confidence,
      )
    },
  },
})

export const calibrationErrorMetric = defineQualityMetric({
  id: 'calibration-error',
  title: 'Expected calibration error',
  better: 'lower',
  // Fifteen bins of a hundred rows: below that the noise in a bin is as large as the errors that matter.
  rowsMin: 1_500,
  rareRowsMin: 0,
  estimate: {
    binary: ({ scores, outcomes }, confidence) => calibrationError(scores, outcomes, confidence),
    // Of the class it chose: is it right as often as its probability says?
    multiclass: (pairs, confidence) => {
      const classes = probabilitiesOf(pairs)
      return calibrationError(
        Float64Array.from(pairs.predicted, (code, row) => classes[code]![row]!),
        Float64Array.from(pairs.predicted, (code, row) => (code === pairs.outcomes[row] ? 1 : 0)),
        confidence,
      )
    },
  },
})

function probabilitiesOf(pairs: MulticlassOutcomes): readonly Float64Array[] {
  if (pairs.probabilities !== undefined) return pairs.probabilities
  throw new OutcomeUnreadable({ column: 'output', found: 'the class alone', expected: 'a probability for each class' })
}

/** The probability that was given to what happened; 0 for a class the model does not have. */
function givenToOutcome(pairs: MulticlassOutcomes): Float64Array {
  const classes = probabilitiesOf(pairs)
  return Float64Array.from(pairs.outcomes, (code, row) => classes[code]?.[row] ?? 0)
}
