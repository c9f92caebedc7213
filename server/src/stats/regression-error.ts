/**
 * How far predicted numbers are from what happened. All take shape [n] arrays without NaN and throw LengthMismatch,
 * EmptySample and NotANumber. Checked against sklearn.metrics and scipy.stats.bootstrap.
 */
import { bootstrapInterval, type BootstrapOptions } from './bootstrap-interval.ts'
import { type Estimate, requirePairs } from './estimate.ts'
import { EmptySample } from './errors.ts'
import { meanInterval } from './mean-interval.ts'

/** Root of the mean squared error, in the unit of the outcome. */
export function rootMeanSquaredError(predicted: Float64Array, happened: Float64Array, options?: BootstrapOptions): Estimate {
  requirePairs('Predictions', predicted, 'outcomes', happened)
  const squares = predicted.map((p, i) => (p - happened[i]!) ** 2)
  return bootstrapInterval([squares, ones(squares.length)], (sums) => Math.sqrt(sums[0]! / sums[1]!), options)
}

/** Mean absolute error, in the unit of the outcome. */
export function meanAbsoluteError(predicted: Float64Array, happened: Float64Array, confidence = 0.95): Estimate {
  requirePairs('Predictions', predicted, 'outcomes', happened)
  const estimate = meanInterval(
    predicted.map((p, i) => Math.abs(p - happened[i]!)),
    confidence,
  )
  return { ...estimate, low: Math.max(0, estimate.low) }
}

/**
 * Mean absolute error relative to the outcome, 0.1 meaning 10 %. Rows whose outcome is 0 have no relative error and are left
 * out; `rows` counts the others. Throws EmptySample when all are 0.
 */
export function meanAbsolutePercentageError(
  predicted: Float64Array,
  happened: Float64Array,
  options?: BootstrapOptions,
): Estimate {
  requirePairs('Predictions', predicted, 'outcomes', happened)
  const errors = predicted.map((p, i) => Math.abs((p - happened[i]!) / happened[i]!)).filter((_, i) => happened[i] !== 0)
  if (errors.length === 0) throw new EmptySample({ name: 'outcomes other than 0' })
  return bootstrapInterval([errors, ones(errors.length)], (sums) => sums[0]! / sums[1]!, options)
}

/** Share of the outcome's variance that is explained: 1 is perfect, 0 the mean, below 0 worse than the mean. */
export function rSquared(predicted: Float64Array, happened: Float64Array, options?: BootstrapOptions): Estimate {
  requirePairs('Predictions', predicted, 'outcomes', happened)
  // Around the mean, so that the variance keeps its digits when outcomes are far from zero.
  const mean = happened.reduce((sum, y) => sum + y, 0) / happened.length
  const squares = predicted.map((p, i) => (p - happened[i]!) ** 2)
  const from = happened.map((y) => y - mean)
  return bootstrapInterval(
    [squares, from, from.map((y) => y * y), ones(squares.length)],
    (sums) => 1 - sums[0]! / (sums[2]! - sums[1]! ** 2 / sums[3]!),
    options,
  )
}

const ones = (length: number) => new Float64Array(length).fill(1)
