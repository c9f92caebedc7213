/**
 * Page-Hinkley: adds up how far values lie from their mean so far, less a slack, and gives alarm when the sum has risen by
 * `threshold` above its lowest point (or fallen below its highest).
 *
 *     sum ──────╮        ╭── rise > threshold: drift
 *               ╰──╮  ╭──╯
 *                  ╰──╯ lowest so far
 *
 * Slack and threshold are in the unit of the values, which nobody knows beforehand; with `unit: 'standard-deviation'` they are
 * in standard deviations of the values since the last drift. A deviation then counts at most OUTLIER_DEVIATIONS, so that no
 * single wild value is a drift. `forgetting` below 1, the usual default, makes old sums fade, and with them the slack that has
 * been taken off: after some 1/(1 - forgetting) values nothing holds the sum down, and a stable stream gives alarms. 1 has no
 * such end.
 * Source: E. Page (1954), Biometrika 41, 100-115; R. Sebastião, J. Fernandes (2017) for both directions. Checked against river.
 */
import { clamp } from './estimate.ts'
import { type DetectorSnapshot, type DriftDetector, readSnapshot, requireFinite } from './drift-detector.ts'

export interface PageHinkleyOptions {
  /** Values before the first alarm. */
  readonly countMin?: number
  /** Slack: changes of the mean smaller than this are let pass. */
  readonly delta?: number
  readonly threshold?: number
  /** Share of the sum that each value leaves of it, 0..1. */
  readonly forgetting?: number
  readonly direction?: 'up' | 'down' | 'both'
  readonly unit?: 'value' | 'standard-deviation'
}

const OUTLIER_DEVIATIONS = 6

const DEFAULTS = {
  countMin: 30,
  delta: 0.005,
  threshold: 50,
  forgetting: 0.9999,
  direction: 'both',
  unit: 'value',
} as const satisfies PageHinkleyOptions

const MEMBERS = ['mean', 'squares', 'rising', 'lowest', 'falling', 'highest'] as const
type Sums = Record<(typeof MEMBERS)[number] | 'count', number>
const empty = (): Sums => ({ count: 0, mean: 0, squares: 0, rising: 0, lowest: 0, falling: 0, highest: 0 })

/** Takes any finite number. O(1). */
export function createPageHinkley(options: PageHinkleyOptions = {}, restored?: DetectorSnapshot): DriftDetector {
  const settings = { ...DEFAULTS, ...options }
  let sums = restored === undefined ? empty() : sumsOf(restored)
  return Object.freeze<DriftDetector>({
    update(value) {
      requireFinite('page-hinkley', value)
      add(sums, value, settings)
      if (sums.count < settings.countMin || !isDrift(sums, settings)) return 'stable'
      sums = empty()
      return 'drift'
    },
    snapshot: () => ({ ...sums }),
  })
}

function add(sums: Sums, value: number, { unit, delta, forgetting }: Required<PageHinkleyOptions>): void {
  sums.count++
  const from = value - sums.mean
  sums.mean += from / sums.count
  sums.squares += from * (value - sums.mean)
  const deviation = unit === 'value' ? value - sums.mean : standardised(value, sums)
  sums.rising = forgetting * sums.rising + deviation - delta
  sums.falling = forgetting * sums.falling + deviation + delta
  sums.lowest = sums.count === 1 ? sums.rising : Math.min(sums.lowest, sums.rising)
  sums.highest = sums.count === 1 ? sums.falling : Math.max(sums.highest, sums.falling)
}

function standardised(value: number, { count, mean, squares }: Sums): number {
  const spread = Math.sqrt(squares / count)
  return spread === 0 ? 0 : clamp((value - mean) / spread, -OUTLIER_DEVIATIONS, OUTLIER_DEVIATIONS)
}

function isDrift({ rising, lowest, falling, highest }: Sums, settings: Required<PageHinkleyOptions>): boolean {
  const { threshold, direction } = settings
  return (direction !== 'down' && rising - lowest > threshold) || (direction !== 'up' && highest - falling > threshold)
}

function sumsOf(snapshot: DetectorSnapshot): Sums {
  const read = readSnapshot('page-hinkley', snapshot)
  const sums = { ...empty(), count: read.count('count') }
  for (const member of MEMBERS) sums[member] = read.number(member)
  return sums
}
