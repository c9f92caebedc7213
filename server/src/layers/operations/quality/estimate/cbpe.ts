/**
 * How good predictions are before any outcome has come: confidence-based performance estimation (CBPE). A calibrated
 * probability of 0.8 is right eight times in ten, so the probabilities themselves tell the expected value of every metric.
 *
 *     reference with outcomes --> calibrators         window without outcomes --> probabilities --> expected metric
 *
 * It sees that inputs moved to where the model is less sure. It does not see that the same input now has another outcome
 * (concept change): then it stays confident and wrong. And it promises a little too much, because the lowest and the highest
 * step of a calibrator are too extreme: about 0.01 of an area under the ROC curve with 5,000 outcomes. So its past error
 * belongs beside it; see estimator-error.ts.
 *
 * The interval bounds what the metric of these very rows will be once their outcomes are here: chance of the outcomes, and the
 * finite reference that the calibrators were learnt from.
 * Sources: J. Białek et al. (2024), Estimating model performance under covariate shift without labels, arXiv 2401.08348;
 * NannyML, whose calibrators are isotonic as well. Checked against scikit-learn and simulated outcomes.
 */
import type { Estimate } from '../../../../stats/estimate.ts'
import { zOf } from '../../../../stats/normal.ts'
import { shareInterval } from '../../../../stats/share-interval.ts'
import { getFittingMetric, type QualityMeasurement } from '../quality.ts'
import type { BinaryOutcomes, MulticlassOutcomes, ScoredOutcomes } from '../scored-outcomes.ts'
import { calibrate, type Calibrators, fitCalibrators, referenceVariance } from './calibrators.ts'
import { EstimationImpossible } from './errors.ts'
import { type Expected, outcomeVariance } from './expected.ts'
import { expectedBinary } from './expected-binary.ts'
import { expectedClasses } from './expected-classes.ts'

/** Reference rows, and rows with and without each outcome, below which nothing is learnt. */
export const REFERENCE_ROWS_MIN = 300
export const REFERENCE_CLASS_ROWS_MIN = 10

/** What a model said, its outcomes not known. */
export type Predictions = Omit<BinaryOutcomes, 'outcomes'> | Omit<MulticlassOutcomes, 'outcomes'>

/** What was learnt from the reference, as JSON has it. */
export interface Cbpe {
  readonly family: 'binary' | 'multiclass'
  /** The model's classes; none for a yes-or-no output. */
  readonly classes: readonly string[]
  readonly calibrators: Calibrators
  readonly referenceRows: number
}

/**
 * Learns from rows with outcomes that the model was not trained on. Throws EstimationImpossible for numbers, for classes
 * without probabilities, and for too few rows. Time O(n log n) a class.
 */
export function fitCbpe(reference: ScoredOutcomes): Cbpe {
  if (reference.family === 'regression') throw new EstimationImpossible({ reason: 'the output is a number, not a probability' })
  const said = saidOf(reference)
  const rows = reference.outcomes.length
  if (rows < REFERENCE_ROWS_MIN)
    throw new EstimationImpossible({
      reason: `the reference has ${rows} rows with outcomes, and ${REFERENCE_ROWS_MIN} are needed`,
    })
  const isBinary = reference.family === 'binary'
  const happened = said.map((_, k) =>
    Float64Array.from(reference.outcomes, (outcome) => (outcome === (isBinary ? 1 : k) ? 1 : 0)),
  )
  const classes = isBinary ? [] : reference.classes.slice(0, said.length)
  happened.forEach((column, k) => {
    const count = column.reduce((sum, yes) => sum + yes, 0)
    const what = isBinary ? 'the outcome' : `the class "${classes[k]}"`
    if (Math.min(count, rows - count) < REFERENCE_CLASS_ROWS_MIN)
      throw new EstimationImpossible({
        reason: `the reference has ${count} rows with ${what} and ${rows - count} without, and ${REFERENCE_CLASS_ROWS_MIN} of each are needed`,
      })
  })
  return { family: reference.family, classes, calibrators: fitCalibrators(said, happened), referenceRows: rows }
}

function saidOf(of: Predictions): readonly Float64Array[] {
  if (of.family === 'binary') return [of.scores]
  if (of.probabilities !== undefined) return of.probabilities
  throw new EstimationImpossible({ reason: 'the output is a class without a probability for each' })
}

/**
 * The expected value of a metric of the catalogue over a window. A window too small, or a metric that has no expectation
 * without outcomes, is a shortfall. Throws PartUnknown, MetricUnfit, and EstimationImpossible for another kind of output.
 */
export function estimateByCbpe(cbpe: Cbpe, window: Predictions, metricId: string, confidence = 0.95): QualityMeasurement {
  const said = saidOf(window)
  if (window.family !== cbpe.family || said.length !== cbpe.calibrators.functions.length)
    throw new EstimationImpossible({ reason: 'the window has another kind of output than the reference' })
  const metric = getFittingMetric(metricId, window.family)
  const rows = said[0]!.length
  if (rows < metric.rowsMin) return { metric, shortfall: `${rows} rows; ${metricId} needs ${metric.rowsMin}` }
  const probabilities = calibrate(cbpe.calibrators, said)
  const expected = expectedOf(window, probabilities, metricId)
  if (expected === undefined) return { metric, shortfall: `${metricId} cannot be known without outcomes` }
  if (!Number.isFinite(expected.value)) return { metric, shortfall: `${metricId} has no value on these rows` }
  const variance =
    outcomeVariance(probabilities, expected.gradients) + referenceVariance(cbpe.calibrators, said, expected.gradients)
  return { metric, estimate: estimateOf(expected.value, Math.sqrt(variance), rows, confidence, cbpe, !isLoss(metricId)) }
}

const isLoss = (metric: string) => metric === 'log-loss' || metric === 'brier-score'

function expectedOf(window: Predictions, probabilities: readonly Float64Array[], metric: string): Expected | undefined {
  if (window.family === 'binary') return expectedBinary[metric]?.(window.scores, probabilities[0]!)
  const { predicted, probabilities: said } = window
  return expectedClasses[metric]?.({ predicted, probabilities: said! }, probabilities)
}

function estimateOf(
  value: number,
  standardError: number,
  rows: number,
  confidence: number,
  { calibrators, referenceRows }: Cbpe,
  isShare: boolean,
): Estimate {
  const method = `CBPE, ${calibrators.isUsed ? 'calibrated' : 'probabilities as they are, checked'} on ${referenceRows} outcomes`
  if (isShare) return shareInterval({ value, standardError, trials: rows, rows, confidence, method })
  const reach = zOf(confidence) * standardError
  return { value, low: Math.max(0, value - reach), high: value + reach, confidence, rows, method }
}
