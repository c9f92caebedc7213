/**
 * KSWIN: the latest values of a window against the older ones by the Kolmogorov-Smirnov distance, so that it hears a change of
 * shape that leaves the mean alone.
 *
 * Where the original draws a random sample from the older values, here all of them are compared: that is stronger, and the
 * same stream gives the same alarms. The test is repeated all the time on nearly the same window, so `alpha` is far below the
 * share of false alarms of a stream, and its default is small. Ties make the test milder: of errors that are only 0 or 1 it
 * hears large changes alone.
 * Source: C. Raab, M. Heusinger, F.-M. Schleif (2020), Reactive soft prototype computing for concept drift streams,
 * Neurocomputing 416, 340-351. Checked against river, where window and sample leave nothing to chance.
 */
import { type DetectorSnapshot, type DriftDetector, readSnapshot, requireFinite } from './drift-detector.ts'
import { kolmogorovCriticalGap } from './kolmogorov-critical-gap.ts'

export interface KswinOptions {
  /** Probability of a distance this large at one test, 0..1. */
  readonly alpha?: number
  readonly windowCount?: number
  /** The latest values of the window, fewer than it has. */
  readonly recentCount?: number
  /** Values between tests. */
  readonly clock?: number
  /** Distances up to this are too small to matter, 0..1. */
  readonly distanceMin?: number
}

/** Takes any finite number. O(windowCount · log windowCount) a test, O(n·m·log) of the two parts to make. */
export function createKswin(
  { alpha = 1e-6, windowCount = 900, recentCount = 300, clock = 1, distanceMin = 0.1 }: KswinOptions = {},
  restored?: DetectorSnapshot,
): DriftDetector {
  const olderCount = windowCount - recentCount
  const critical = kolmogorovCriticalGap(olderCount, recentCount, alpha)
  const gapMin = Math.max(critical, distanceMin * olderCount * recentCount + Number.EPSILON)
  let { window, count } = restored === undefined ? { window: [], count: 0 } : stateOf(restored, windowCount)
  return Object.freeze<DriftDetector>({
    update(value) {
      requireFinite('kswin', value)
      window.push(value)
      count++
      if (window.length > windowCount) window.shift()
      if (window.length < windowCount || count % clock !== 0 || gapOf(window, olderCount) < gapMin) return 'stable'
      window = []
      count = 0
      return 'drift'
    },
    snapshot: () => ({ count, window: [...window] }),
  })
}

/** Kolmogorov-Smirnov distance of the first `count` values and the rest, times both counts. */
function gapOf(window: readonly number[], count: number): number {
  const older = Float64Array.from(window.slice(0, count)).sort()
  const recent = Float64Array.from(window.slice(count)).sort()
  let [i, j, gap] = [0, 0, 0]
  while (i < older.length && j < recent.length) {
    const value = Math.min(older[i]!, recent[j]!)
    while (older[i] === value) i++
    while (recent[j] === value) j++
    gap = Math.max(gap, Math.abs(i * recent.length - j * older.length))
  }
  return gap
}

function stateOf(snapshot: DetectorSnapshot, windowCount: number): { window: number[]; count: number } {
  const read = readSnapshot('kswin', snapshot)
  return { window: read.numbers('window', windowCount), count: read.count('count') }
}
