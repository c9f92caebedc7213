/**
 * How far out one value of one column lies, by what its baseline says of the training data: the share of training rows that lie
 * at least as far out.
 *
 *     number     twice the smaller of P(X <= x) and P(X >= x): linear between the quantiles of the baseline, and in the outer
 *                10 % on each side the law of tails (outlier-tail.ts)
 *     category   rows whose category is at most as frequent as this one
 *     missing    rows without a value
 *
 * The extreme has the probability of an average value, one of all different values: the baseline does not say how many rows share
 * it. So in a column of few different numbers (an hour) no value that was seen is called far out.
 */
import { type BaselineColumn, isNumeric, type NumberBaseline, QUANTILE_STEPS, type TextBaseline } from '../../model/index.ts'
import { createTail, TAIL_STEPS } from './outlier-tail.ts'

/** No probability is taken for smaller, however far out: there are no rows to tell by. */
export const PROBABILITY_MIN = 1e-12
/** Whole numbers whose probabilities are listed one by one; wider columns count as continuous. */
const WHOLE_SPAN_MAX = 20_000

export interface OutlierColumn {
  readonly name: string
  /** Share of training rows that lie at least as far out, PROBABILITY_MIN..1. `value` is of an instance; null is missing. */
  probability(value: unknown): number
  /** Share of training rows to which `probability` gives at most `p`. */
  reached(p: number): number
}

/** `rows` are those of the baseline. */
export function createOutlierColumn(column: BaselineColumn, rows: number): OutlierColumn {
  const share = column.missing / rows
  const missing = Math.max(share, 0.5 / (rows + 1))
  const present = isNumeric(column) ? numberTails(column, rows) : categoryTails(column, rows)
  const { name } = column
  const { probability } = present
  return {
    name,
    probability: (value) => (value === null || value === undefined ? missing : probability(value, missing)),
    reached: (p) => (p >= missing ? share : 0) + (1 - share) * present.reached(p),
  }
}

interface Tails {
  /** `other` is the answer for what is no value of this column. */
  probability(value: unknown, other: number): number
  reached(p: number): number
}

function categoryTails({ values, rest, missing }: TextBaseline, rows: number): Tails {
  const present = Math.max(1, rows - missing)
  const unknown = (rest + 0.5) / (present + 1)
  const steps: Step[] = [{ p: unknown, mass: rest / present }]
  const byValue = new Map<string, number>()
  let upTo = rest
  // Rarest first; categories of one frequency lie equally far out.
  const rising = [...values].toSorted((a, b) => a[1] - b[1])
  for (let i = 0; i < rising.length;) {
    const same = rising.slice(i).findIndex(([, count]) => count !== rising[i]![1])
    const end = same < 0 ? rising.length : i + same
    const mass = rising.slice(i, end).reduce((sum, [, count]) => sum + count, 0)
    upTo += mass
    for (const [value] of rising.slice(i, end)) byValue.set(value, upTo / present)
    steps.push({ p: upTo / present, mass: mass / present })
    i = end
  }
  return {
    probability: (value) => byValue.get(typeof value === 'string' ? value : String(value)) ?? unknown,
    reached: stepsReached(steps),
  }
}

interface Step {
  readonly p: number
  readonly mass: number
}

/** The mass at probabilities up to the one that is asked for. */
function stepsReached(steps: readonly Step[]): (p: number) => number {
  const rising = steps.toSorted((a, b) => a.p - b.p)
  let sum = 0
  const upTo = Float64Array.from(rising, ({ mass }) => (sum += mass))
  return (p) => {
    let [low, high] = [0, rising.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (rising[middle]!.p <= p) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : Math.min(1, upTo[low - 1]!)
  }
}

function numberTails(column: NumberBaseline, rows: number): Tails {
  const { quantiles, whole, distinct } = column
  if (quantiles.length !== QUANTILE_STEPS + 1) return { probability: (_, other) => other, reached: () => 0 }
  const knots = Float64Array.from(quantiles)
  const [min, median, max] = [knots[0]!, knots[QUANTILE_STEPS / 2]!, knots[QUANTILE_STEPS]!]
  const extreme = Math.max(1 / rows, 1 / Math.max(1, distinct))
  const [below, above] = [createTail(knots, extreme), createTail(knots.map((knot) => -knot).toReversed(), extreme)]
  const [low, high] = [knots[TAIL_STEPS]!, knots[QUANTILE_STEPS - TAIL_STEPS]!]
  /** P(X <= x), and P(X >= x). */
  const upTo = (x: number): number => (x < low ? below(x) : x >= high ? 1 - above(-x) : upToBetween(knots, x))
  const from = (x: number): number => (x > high ? above(-x) : x <= low ? 1 - below(x) : 1 - beforeBetween(knots, x))
  const half = whole ? 0.5 : 0
  const twoSided = (x: number): number => {
    // On either side of the median it is known which of the two is the smaller.
    const p = 2 * (x < median ? upTo(x + half) : x > median ? from(x - half) : 0.5)
    return p > 1 ? 1 : p < PROBABILITY_MIN ? PROBABILITY_MIN : p
  }
  /** Of a whole number among those that were seen. */
  const massOf = (x: number): number => Math.max(0, (x === max ? 1 : upTo(x + half)) - (x === min ? 0 : upTo(x - half)))
  return {
    reached:
      whole && max - min <= WHOLE_SPAN_MAX
        ? stepsReached(Array.from({ length: max - min + 1 }, (_, i) => ({ p: twoSided(min + i), mass: massOf(min + i) })))
        : (p) => Math.min(1, p),
    probability(value, other) {
      const x = typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : Number.NaN
      return Number.isNaN(x) ? other : twoSided(x)
    },
  }
}

/** P(X <= x) between the tails; of equal quantiles the last counts. */
function upToBetween(knots: Float64Array, x: number): number {
  let [low, high] = [1, knots.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (knots[middle]! <= x) low = middle
    else high = middle - 1
  }
  const [a, b] = [knots[low]!, knots[low + 1]!]
  return (low + (b > a ? (x - a) / (b - a) : 0)) / (knots.length - 1)
}

/** P(X < x) between the tails; of equal quantiles the first counts. */
function beforeBetween(knots: Float64Array, x: number): number {
  let [low, high] = [0, knots.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (knots[middle]! >= x) high = middle
    else low = middle + 1
  }
  if (low === 0 || knots[low] === x) return low / (knots.length - 1)
  const [a, b] = [knots[low - 1]!, knots[low]!]
  return (low - 1 + (x - a) / (b - a)) / (knots.length - 1)
}
