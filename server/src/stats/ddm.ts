/**
 * DDM, drift detection method: while nothing changes, the error rate p of n predictions falls or stays, with a standard
 * deviation s = sqrt(p·(1 - p)/n). The lowest p + s is remembered, and p + s above p_min + 2·s_min is a warning, above
 * p_min + 3·s_min a drift.
 *
 * The lowest point is not remembered before a few errors have come: without one s is 0, and the first error of a good model
 * would be a drift, as it is in other implementations.
 * Source: J. Gama, P. Medas, G. Castillo, P. Rodrigues (2004), Learning with drift detection, SBIA. Checked against river.
 */
import {
  type DetectorSnapshot,
  type DriftDetector,
  NO_MEAN,
  readSnapshot,
  requireError,
  type RunningMean,
  withValue,
} from './drift-detector.ts'

export interface DdmOptions {
  /** Values before the first signal. */
  readonly countMin?: number
  /** Sum of errors before the first signal. */
  readonly errorsMin?: number
  /** In standard deviations. */
  readonly warningLevel?: number
  readonly driftLevel?: number
}

interface Lowest {
  readonly mean: number
  readonly deviation: number
}

/** Takes errors from 0 to 1. O(1). */
export function createDdm(
  { countMin = 30, errorsMin = 5, warningLevel = 2, driftLevel = 3 }: DdmOptions = {},
  restored?: DetectorSnapshot,
): DriftDetector {
  let { errors, lowest } = restored === undefined ? { errors: NO_MEAN, lowest: undefined } : stateOf(restored)
  return Object.freeze<DriftDetector>({
    update(value) {
      requireError('ddm', value)
      errors = withValue(errors, value)
      const { count, mean } = errors
      if (count <= countMin || count * mean < errorsMin) return 'stable'
      const deviation = Math.sqrt((mean * (1 - mean)) / count)
      const now = mean + deviation
      if (lowest === undefined || now <= lowest.mean + lowest.deviation) lowest = { mean, deviation }
      if (now > lowest.mean + driftLevel * lowest.deviation) {
        errors = NO_MEAN
        lowest = undefined
        return 'drift'
      }
      return now > lowest.mean + warningLevel * lowest.deviation ? 'warning' : 'stable'
    },
    snapshot: () => ({ ...errors, lowest: lowest === undefined ? [] : [lowest.mean, lowest.deviation] }),
  })
}

function stateOf(snapshot: DetectorSnapshot): { errors: RunningMean; lowest: Lowest | undefined } {
  const read = readSnapshot('ddm', snapshot)
  const [mean, deviation] = read.numbers('lowest', 2)
  return {
    errors: { count: read.count('count'), mean: read.number('mean') },
    lowest: mean === undefined || deviation === undefined ? undefined : { mean, deviation },
  }
}
