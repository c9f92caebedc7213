import { clamp, type Estimate, requirePairs } from './estimate.ts'
import { meanInterval } from './mean-interval.ts'

/** Probabilities are kept this far from 0 and 1, so that one sure and wrong row costs 36 and not infinity. As scikit-learn. */
const PROBABILITY_MIN = 2 ** -52

/**
 * Log loss (cross entropy) in nats: the mean of -ln(probability given to what happened).
 *
 * @param probabilities Shape [n], n >= 1, in 0..1.  @param outcomes Shape [n]; 1 is positive, all else negative.
 * @returns Value >= 0; 0.693 is a coin. Checked against sklearn.metrics.log_loss.
 */
export function logLoss(probabilities: Float64Array, outcomes: Float64Array, confidence = 0.95): Estimate {
  requirePairs('Probabilities', probabilities, 'outcomes', outcomes)
  return meanInterval(
    probabilities.map((raw, i) => {
      const p = clamp(raw, PROBABILITY_MIN, 1 - PROBABILITY_MIN)
      return outcomes[i] === 1 ? -Math.log(p) : -Math.log1p(-p)
    }),
    confidence,
  )
}

/**
 * Brier score: the mean squared distance of probability and outcome, in 0..1; 0.25 is a coin.
 * Same arguments. Checked against sklearn.metrics.brier_score_loss.
 */
export function brierScore(probabilities: Float64Array, outcomes: Float64Array, confidence = 0.95): Estimate {
  requirePairs('Probabilities', probabilities, 'outcomes', outcomes)
  const estimate = meanInterval(
    probabilities.map((p, i) => (p - (outcomes[i] === 1 ? 1 : 0)) ** 2),
    confidence,
  )
  return { ...estimate, low: Math.max(0, estimate.low), high: Math.min(1, estimate.high) }
}
