/**
 * From an interval to a verdict. The value of a sample is not the truth, and a gate that judged the value alone would let a bad
 * version pass on a lucky sample as often as it held a good one back. So the whole interval decides:
 *
 *              bound (min)
 *                  |
 *                  |  [---x---]     pass              every plausible value is good enough
 *     [---x---]    |                fail              no plausible value is
 *              [---x---]            not enough data   these rows cannot tell
 *
 * The third verdict comes with the number of rows that would settle it, because that is what there is to do about it: the
 * interval shrinks with the root of the rows, so it ends at the bound after (half width / distance)² times as many. With a
 * two-sided interval at 95 % a version that is exactly at the bound passes 1 time in 40.
 */
import type { Bound } from '../../../contract/sufficiency.ts'
import type { Estimate } from '../../../stats/estimate.ts'
import type { GateResult, Verdict } from '../check/check.ts'

/** Beyond this factor nobody brings the rows: the value is as good as at the bound. */
const MORE_ROWS_FACTOR_MAX = 1_000

export interface Judgement {
  readonly verdict: Verdict
  /** One sentence. */
  readonly explanation: string
}

/** Judges by the whole interval. */
export function judge(estimate: Pick<Estimate, 'value' | 'low' | 'high' | 'rows'>, bound: Bound, noun = 'rows'): Judgement {
  const { value, low, high, rows } = estimate
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = bound
  const plausible = `${shown(low)} to ${shown(high)} is plausible`
  if (low >= min && high <= max) return { verdict: 'pass', explanation: `${plausible}, all of it ${wanted(bound)}.` }
  if (high < min || low > max) return { verdict: 'fail', explanation: `${plausible}, none of it ${wanted(bound)}.` }
  const more = rowsThatSettle(estimate, bound)
  const advice =
    !Number.isFinite(low) || !Number.isFinite(high)
      ? `Too few ${noun} for an interval.`
      : more === undefined
        ? `The value is so near the bound that no realistic number of ${noun} would settle it.`
        : `About ${count(more)} ${noun} would settle it, ${count(rows)} are here.`
  return {
    verdict: 'not-enough-data',
    explanation: `${shown(value)} ${isWithin(value, bound) ? 'meets' : 'misses'} the bound, but ${plausible}. ${advice}`,
  }
}

/** Rows after which the interval, if the value stays, would end at the bound; undefined when that is hopeless. */
function rowsThatSettle({ value, low, high, rows }: Pick<Estimate, 'value' | 'low' | 'high' | 'rows'>, bound: Bound) {
  const factors = [
    bound.min !== undefined && low < bound.min && high >= bound.min
      ? (value - (value < bound.min ? high : low)) / (value - bound.min)
      : 1,
    bound.max !== undefined && high > bound.max && low <= bound.max
      ? (value - (value > bound.max ? low : high)) / (value - bound.max)
      : 1,
  ]
  const factor = Math.max(...factors) ** 2
  return factor <= MORE_ROWS_FACTOR_MAX ? Math.ceil(factor * rows) : undefined
}

export const isWithin = (value: number, { min, max }: Bound): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max)

/** How far a value is inside its bound; negative outside. */
export const marginOf = (value: number, { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Bound): number =>
  Math.min(value - min, max - value)

/** A bound in words. */
export function wanted({ min, max }: Bound): string {
  if (min !== undefined && max !== undefined) return `between ${shown(min)} and ${shown(max)}`
  return min === undefined ? `at most ${shown(max!)}` : `at least ${shown(min)}`
}

/** The numbers of an estimate as a result carries them: what JSON has no word for is left out. */
export function numbersOf(estimate: Estimate): Pick<GateResult, 'value' | 'interval' | 'confidence' | 'rows' | 'method'> {
  const { value, low, high, confidence, rows, method } = estimate
  const isBounded = Number.isFinite(low) && Number.isFinite(high)
  return {
    ...(Number.isFinite(value) ? { value } : {}),
    ...(isBounded ? { interval: [low, high] as const, confidence } : {}),
    rows,
    method,
  }
}

/** Four digits, as people read them. */
export const shown = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : value > 0 ? 'anything above' : 'anything below'

export const count = (value: number): string => value.toLocaleString('en-US')

/** `bound` without members that are undefined, as documents have it. */
export const boundOf = ({ min, max }: Bound): NonNullable<GateResult['bound']> => ({
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
})
