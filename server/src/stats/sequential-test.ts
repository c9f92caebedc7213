/**
 * Two arms of live traffic, looked at as often as one likes. An ordinary test may be read once; read after every hour of a
 * canary it gives a false alarm sooner or later. Here the interval holds the true difference at all times at once with the
 * stated confidence, so a clear win or a clear loss may end a stage early, and waiting longer costs nothing.
 *
 * It is the mixture sequential probability ratio test: the likelihood of the differences around the size that matters against
 * that of no difference,
 *
 *     ratio = ∫ N(d; t, V) N(t; 0, effect²) dt / N(d; 0, V) = sqrt(V/(V + e²)) · exp(d²·e² / (2·V·(V + e²))),    e = effect
 *
 * where d is the difference so far and V its variance, which falls as traffic comes. By Ville's inequality a ratio of 1/alpha
 * is ever reached with probability alpha at most when there is no difference; the interval is all differences for which it is
 * not reached. `effect` tunes at which size it is fastest, and costs no validity.
 *
 * d is taken as normal and V as known, which holds from about COUNT_MIN values an arm; below, there is no verdict.
 * Sources: H. Robbins (1970), Ann. Math. Stat. 41, 1397-1409; R. Johari, L. Pekelis, D. Walsh (2022), Always valid inference,
 * Operations Research 70, 1806-1821. Checked against numerical integration and by simulation.
 */
import type { Estimate } from './estimate.ts'

/** One arm so far. */
export interface ArmMoments {
  readonly count: number
  readonly mean: number
  /** Of single values. */
  readonly variance: number
}

export interface SequentialOptions {
  /** Difference that would matter, above 0, in the unit of the mean: where the test is fastest. */
  readonly effect: number
  readonly confidence?: number
  readonly better?: 'higher' | 'lower'
  /** Loss that would not matter, 0 or more: with it an arm wins by being surely not worse than that. */
  readonly margin?: number
}

export interface SequentialLook {
  readonly verdict: 'win' | 'loss' | 'undecided'
  /** Improvement of the new arm over the old one: above 0 is better, whichever way the mean points. Valid at every look. */
  readonly improvement: Estimate
  /** Always-valid p-value of no difference at this look, 0..1; the least of all looks is one as well. */
  readonly p: number
  /**
   * Traffic after which there is a verdict if both arms go on as they are, as a multiple of that so far; 1 when there is one,
   * Infinity when a thousand times would not do.
   */
  readonly trafficFactor: number
}

const CONFIDENCE = 0.95
/** Values in each arm below which no verdict is given. */
const COUNT_MIN = 100
const TRAFFIC_FACTOR_MAX = 1_000

/** An arm of successes and failures. One more of each stands for what was not seen, so that a spread of 0 is never believed. */
export function shareMoments(successes: number, count: number): ArmMoments {
  const share = (successes + 1) / (count + 2)
  return { count, mean: count === 0 ? 0 : successes / count, variance: share * (1 - share) }
}

/** An arm of numbers, from their sum and sum of squares. */
export function meanMoments(count: number, sum: number, squares: number): ArmMoments {
  const mean = count === 0 ? 0 : sum / count
  return { count, mean, variance: count < 2 ? 0 : Math.max(0, (squares - sum * mean) / (count - 1)) }
}

/** @param control The arm that serves now. @param treatment The new one. O(1). */
export function lookSequentially(control: ArmMoments, treatment: ArmMoments, options: SequentialOptions): SequentialLook {
  const { effect, confidence = CONFIDENCE, better = 'higher', margin = 0 } = options
  const value = (treatment.mean - control.mean) * (better === 'higher' ? 1 : -1)
  const variance = control.variance / control.count + treatment.variance / treatment.count
  const rows = control.count + treatment.count
  const method = `mixture sequential test, effect ${Number(effect.toPrecision(4))}, valid at every look`
  if (control.count < COUNT_MIN || treatment.count < COUNT_MIN || !(variance > 0)) {
    const improvement = { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, confidence, rows, method }
    return { verdict: 'undecided', improvement, p: 1, trafficFactor: Number.POSITIVE_INFINITY }
  }
  const verdictWith = (factor: number) => verdictOf(value, reachOf(variance / factor, effect, 1 - confidence), margin)
  const reach = reachOf(variance, effect, 1 - confidence)
  return {
    verdict: verdictWith(1),
    improvement: { value, low: value - reach, high: value + reach, confidence, rows, method },
    p: pOf(value, variance, effect),
    trafficFactor: firstFactor((factor) => verdictWith(factor) !== 'undecided'),
  }
}

const verdictOf = (value: number, reach: number, margin: number): SequentialLook['verdict'] =>
  value - reach > -margin ? 'win' : value + reach < 0 ? 'loss' : 'undecided'

/** The largest difference for which the ratio has not reached 1/alpha. */
function reachOf(variance: number, effect: number, alpha: number): number {
  const sum = variance + effect * effect
  return Math.sqrt(((variance * sum) / (effect * effect)) * (2 * Math.log(1 / alpha) + Math.log(sum / variance)))
}

function pOf(value: number, variance: number, effect: number): number {
  const sum = variance + effect * effect
  const logRatio = 0.5 * Math.log(variance / sum) + (value * value * effect * effect) / (2 * variance * sum)
  return Math.min(1, Math.exp(-logRatio))
}

function firstFactor(isDecided: (factor: number) => boolean): number {
  if (isDecided(1)) return 1
  if (!isDecided(TRAFFIC_FACTOR_MAX)) return Number.POSITIVE_INFINITY
  let [low, high] = [1, TRAFFIC_FACTOR_MAX]
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high)
    if (isDecided(middle)) high = middle
    else low = middle
  }
  return high
}
