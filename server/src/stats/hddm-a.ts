/**
 * HDDM-A: the mean error so far against the mean at the point where it was lowest, bounded by Hoeffding, which needs no
 * assumption but that errors lie in 0..1. It is the fastest of the bounded detectors on an abrupt change.
 *
 * With n values since the start and k of them up to the lowest point, the means differ by more than
 * sqrt((n - k)/(2·k·n) · ln(2/confidence)) with at most that probability.
 * Source: I. Frías-Blanco et al. (2015), IEEE Trans. Knowl. Data Eng. 27, 810-823. Checked against river.
 */
import {
  type DetectorSnapshot,
  type DriftDetector,
  type DriftSignal,
  NO_MEAN,
  readSnapshot,
  requireError,
  type RunningMean,
  withValue,
} from './drift-detector.ts'

export interface HddmAOptions {
  /** Probability of a false alarm at one value, 0..1. */
  readonly driftConfidence?: number
  readonly warningConfidence?: number
  /** `up` hears errors that become more, `both` also errors that become fewer. */
  readonly direction?: 'up' | 'both'
}

interface Means {
  readonly all: RunningMean
  readonly lowest: RunningMean
  readonly highest: RunningMean
}
const EMPTY: Means = { all: NO_MEAN, lowest: NO_MEAN, highest: NO_MEAN }

/** Takes errors from 0 to 1. O(1). */
export function createHddmA(
  { driftConfidence = 0.001, warningConfidence = 0.005, direction = 'up' }: HddmAOptions = {},
  restored?: DetectorSnapshot,
): DriftDetector {
  let means = restored === undefined ? EMPTY : meansOf(restored)
  const signalOf = (gap: number, from: RunningMean): DriftSignal =>
    isBeyond(gap, from.count, means.all.count, driftConfidence)
      ? 'drift'
      : isBeyond(gap, from.count, means.all.count, warningConfidence)
        ? 'warning'
        : 'stable'
  return Object.freeze<DriftDetector>({
    update(value) {
      requireError('hddm-a', value)
      means = moved(means, value, driftConfidence)
      const { all, lowest, highest } = means
      const up = signalOf(all.mean - lowest.mean, lowest)
      const down = direction === 'both' ? signalOf(highest.mean - all.mean, highest) : 'stable'
      if (up === 'drift' || down === 'drift') {
        means = EMPTY
        return 'drift'
      }
      return up === 'warning' || down === 'warning' ? 'warning' : 'stable'
    },
    snapshot: () => ({
      all: [means.all.count, means.all.mean],
      lowest: [means.lowest.count, means.lowest.mean],
      highest: [means.highest.count, means.highest.mean],
    }),
  })
}

function moved({ all, lowest, highest }: Means, value: number, confidence: number): Means {
  const now = withValue(all, value)
  const reach = ({ count }: RunningMean) => Math.sqrt(Math.log(1 / confidence) / (2 * count))
  return {
    all: now,
    lowest: lowest.count === 0 || lowest.mean + reach(lowest) >= now.mean + reach(now) ? now : lowest,
    highest: highest.count === 0 || highest.mean - reach(highest) <= now.mean - reach(now) ? now : highest,
  }
}

const isBeyond = (gap: number, from: number, count: number, confidence: number): boolean =>
  from !== count && gap >= Math.sqrt(((count - from) / from / count / 2) * Math.log(2 / confidence))

function meansOf(snapshot: DetectorSnapshot): Means {
  const read = readSnapshot('hddm-a', snapshot)
  const meanOf = (member: string): RunningMean => {
    const [count = 0, mean = 0] = read.numbers(member, 2)
    return { count, mean }
  }
  return { all: meanOf('all'), lowest: meanOf('lowest'), highest: meanOf('highest') }
}
