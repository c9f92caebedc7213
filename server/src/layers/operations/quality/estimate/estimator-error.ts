/**
 * How wrong an estimator of quality has been: its estimates of past windows beside what was measured when the outcomes came.
 * An estimate without this is a claim.
 */
import type { Estimate } from '../../../../stats/estimate.ts'

export interface PastEstimate {
  readonly estimated: Pick<Estimate, 'value' | 'low' | 'high'>
  readonly measured: Pick<Estimate, 'value'>
}

export interface EstimatorError {
  readonly windows: number
  /** Mean of |estimated - measured|, in the unit of the metric. */
  readonly meanAbsoluteError: number
  /** Mean of estimated - measured: above 0 it promised too high a number. */
  readonly bias: number
  readonly largestError: number
  /** Share of windows whose measured value lay in the interval. */
  readonly coverage: number
}

/** Undefined while no window has both. */
export function estimatorError(past: readonly PastEstimate[]): EstimatorError | undefined {
  const windows = past.length
  if (windows === 0) return undefined
  const errors = past.map(({ estimated, measured }) => estimated.value - measured.value)
  const held = past.filter(({ estimated, measured }) => estimated.low <= measured.value && measured.value <= estimated.high)
  return {
    windows,
    meanAbsoluteError: errors.reduce((sum, error) => sum + Math.abs(error), 0) / windows,
    bias: errors.reduce((sum, error) => sum + error, 0) / windows,
    largestError: Math.max(...errors.map(Math.abs)),
    coverage: held.length / windows,
  }
}
