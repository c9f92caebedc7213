/**
 * ADWIN, adaptive windowing: the longest recent window whose two parts, however it is cut, have the same mean. It has no window
 * length to choose, and its false alarms are bounded by `delta`.
 *
 * The window is an exponential histogram, so that n values take about 6·log2(n) buckets:
 *
 *     oldest                                          newest
 *     [ 2^k values ] ... [ 4 ][ 4 ][ 2 ][ 2 ][ 2 ][ 1 ][ 1 ]      mean and squared deviations of each
 *                              ^ a cut at every border
 *
 * When a size has one bucket more than `bucketsMax`, its two oldest become one of twice the size. A cut into n0 older and n1
 * newer values is a change when the means differ by more than
 *
 *     sqrt(2·v·d·m) + 2/3·d·m·range,    d = ln(2·ln(n) / delta),   m = 1/(n0 - 4) + 1/(n1 - 4),   v the variance of the window
 *
 * The bound is Bernstein's and holds for values of a bounded range; the original assumes 0..1, here it may be what was seen.
 * Source: A. Bifet, R. Gavaldà (2007), Learning from time-changing data with adaptive windowing, SDM. Checked against river.
 */
import { type DetectorSnapshot, type DriftDetector, readSnapshot, requireFinite } from './drift-detector.ts'
import { DetectorSnapshotInvalid } from './errors.ts'

export interface AdwinOptions {
  /** Bound on the probability of a false alarm at each check, 0..1. */
  readonly delta?: number
  /** Values between checks. */
  readonly clock?: number
  /** Buckets of one size, at least 2: more are finer cuts and more memory. */
  readonly bucketsMax?: number
  /** Values that each part of a cut must have. */
  readonly partMin?: number
  /** Values before the first check. */
  readonly graceCount?: number
  /** Largest less smallest possible value; `seen` takes the largest less the smallest since the last drift. */
  readonly range?: number | 'seen'
}

/** Buckets of 2^k values, the oldest first. */
interface Size {
  readonly means: number[]
  readonly squares: number[]
}
/** 2^53 values are more than will ever come. */
const SIZES_MAX = 54

const DEFAULTS = { delta: 0.002, clock: 32, bucketsMax: 5, partMin: 5, graceCount: 10, range: 1 } as const

/** Takes any finite number. O(log n) a check, O(1) otherwise. */
export function createAdwin(options: AdwinOptions = {}, restored?: DetectorSnapshot): DriftDetector {
  const settings = { ...DEFAULTS, ...options }
  let state = restored === undefined ? empty() : stateOf(restored, settings.bucketsMax)
  return Object.freeze<DriftDetector>({
    update(value) {
      requireFinite('adwin', value)
      insert(state, value, settings.bucketsMax)
      if (state.count % settings.clock !== 0 || state.count <= settings.graceCount || !hasCut(state, settings)) return 'stable'
      state = empty()
      return 'drift'
    },
    snapshot: () => ({
      count: state.count,
      low: state.low,
      high: state.high,
      lengths: state.sizes.map(({ means }) => means.length),
      means: state.sizes.flatMap(({ means }) => means),
      squares: state.sizes.flatMap(({ squares }) => squares),
    }),
  })
}

interface Window {
  count: number
  low: number
  high: number
  /** At k, the buckets of 2^k values. */
  readonly sizes: Size[]
}
const empty = (): Window => ({ count: 0, low: 0, high: 0, sizes: [] })

function insert(window: Window, value: number, bucketsMax: number): void {
  window.low = window.count === 0 ? value : Math.min(window.low, value)
  window.high = window.count === 0 ? value : Math.max(window.high, value)
  window.count++
  let carried: Moments | undefined = { count: 1, mean: value, squares: 0 }
  for (let k = 0; carried !== undefined; k++) {
    const { means, squares } = (window.sizes[k] ??= { means: [], squares: [] })
    means.push(carried.mean)
    squares.push(carried.squares)
    if (means.length <= bucketsMax) return
    const count = 2 ** k
    carried = merged({ count, mean: means[0]!, squares: squares[0]! }, { count, mean: means[1]!, squares: squares[1]! })
    means.splice(0, 2)
    squares.splice(0, 2)
  }
}

interface Moments {
  readonly count: number
  readonly mean: number
  /** Sum of squared deviations from the mean. */
  readonly squares: number
}
/** Chan, Golub and LeVeque (1979). */
function merged(a: Moments, b: Moments): Moments {
  const count = a.count + b.count
  const gap = b.mean - a.mean
  return {
    count,
    mean: a.mean + (gap * b.count) / count,
    squares: a.squares + b.squares + (gap * gap * a.count * b.count) / count,
  }
}

/** Buckets from the oldest to the newest. */
function* buckets({ sizes }: Window): Generator<Moments> {
  for (let k = sizes.length - 1; k >= 0; k--) {
    const { means, squares } = sizes[k]!
    for (let i = 0; i < means.length; i++) yield { count: 2 ** k, mean: means[i]!, squares: squares[i]! }
  }
}

function hasCut(window: Window, { delta, partMin, range }: Required<AdwinOptions>): boolean {
  let whole: Moments = { count: 0, mean: 0, squares: 0 }
  for (const bucket of buckets(window)) whole = whole.count === 0 ? bucket : merged(whole, bucket)
  const spread = range === 'seen' ? window.high - window.low : range
  const d = Math.log((2 * Math.log(whole.count)) / delta)
  let [older, sum] = [0, 0]
  for (const { count, mean } of buckets(window)) {
    older += count
    sum += count * (mean - whole.mean)
    const newer = whole.count - older
    if (newer < partMin) return false
    if (older < partMin) continue
    const m = 1 / (older - partMin + 1) + 1 / (newer - partMin + 1)
    const bound = Math.sqrt(2 * m * (whole.squares / whole.count) * d) + (2 / 3) * d * m * spread
    // Deviations from the mean add up to zero, so the newer part has the older one's sum with the other sign.
    if (Math.abs(sum / older + sum / newer) > bound) return true
  }
  return false
}

function stateOf(snapshot: DetectorSnapshot, bucketsMax: number): Window {
  const read = readSnapshot('adwin', snapshot)
  const lengths = read.numbers('lengths', SIZES_MAX)
  const bucketCount = lengths.reduce((sum, length) => sum + length, 0)
  const [means, squares] = [read.numbers('means', bucketCount), read.numbers('squares', bucketCount)]
  const held = lengths.reduce((sum, length, k) => sum + length * 2 ** k, 0)
  const count = read.count('count')
  if (lengths.some((length) => !Number.isInteger(length) || length < 0 || length > bucketsMax) || held !== count)
    throw new DetectorSnapshotInvalid({ detector: 'adwin', member: 'lengths' })
  if (means.length !== bucketCount || squares.length !== bucketCount)
    throw new DetectorSnapshotInvalid({ detector: 'adwin', member: 'means' })
  const sizes = lengths.map((length) => ({ means: means.splice(0, length), squares: squares.splice(0, length) }))
  return { count, low: read.number('low'), high: read.number('high'), sizes }
}
