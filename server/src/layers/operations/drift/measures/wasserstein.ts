import { pooledShares, rowsOf, spreadOf, sumOf } from '../../../../stats/counts.ts'
import { foldedNormalSum } from '../../../../stats/folded-normal-sum.ts'
import { NO_SPREAD, type NullLaw } from '../../../../stats/null-law.ts'
import { binnedDeviation, binnedWasserstein, type Scale } from '../../../../stats/wasserstein.ts'
import { type ComparedColumn, countsOnScale } from '../../profile/compare-profiles.ts'
import { defineDriftMeasure, ORDERED } from './contract.ts'

/** Bins before the numbers: missing, infinite, of another type. */
const UNPLACED = 3

/**
 * Bins whose rows have no place on the scale: those three, and what lies outside the range of the training data where the scale
 * ends with it.
 */
function unplacedOf({ bins, scale }: ComparedColumn): readonly number[] {
  const places = [...bins.keys()]
  const isWinsorised = scale !== undefined && scale.knots.length + 1 < bins.length - UNPLACED
  return places.filter((i) => i < UNPLACED || (!isWinsorised && (i === UNPLACED || i === places.length - 1)))
}

/**
 * How far values moved on average, in standard deviations of the reference, both winsorised at its 5 % and 95 % quantiles, so that
 * an outlier of a million moves no more than one row. A row that turns from a number into none, or back, counts as one standard
 * deviation: it has no place on the scale, and must not vanish. So does one beyond the range of a column of few values.
 */
export const wassersteinMeasure = defineDriftMeasure({
  id: 'wasserstein',
  title: 'Wasserstein distance',
  columns: ORDERED,
  unit: 'standard deviations',
  effectFloor: 0.1,
  symmetric: false,
  measure(column) {
    const { n, m } = rowsOf(column)
    const weights = weightsOf(column)
    const lawAt = (rows: number) => lawOf(column, weights, spreadOf(n, rows))
    return { value: unplacedMoved(column, n, m) + numbersMoved(column), law: lawAt(m), lawAt, bins: column.bins.length }
  },
  explain: (value) => `values moved by ${value.toFixed(2)} standard deviations on average`,
})

/** Half of all that changed among the unplaced bins and the placed ones taken together. */
function unplacedMoved(column: ComparedColumn, n: number, m: number): number {
  let [moved, placed] = [0, 0]
  for (const i of unplacedOf(column)) {
    const gap = column.reference[i]! / n - column.window[i]! / m
    moved += Math.abs(gap)
    placed -= gap
  }
  return (moved + Math.abs(placed)) / 2
}

function numbersMoved(column: ComparedColumn): number {
  const { scale } = column
  const [before, after] = [countsOnScale(column, column.reference), countsOnScale(column, column.window)]
  if (scale === undefined || sumOf(before) === 0 || sumOf(after) === 0) return 0
  const distance = binnedWasserstein(before, after, scale)
  return distance === 0 ? 0 : distance / deviationOf(before, scale)
}

/** A reference of one value has no deviation; then a row that leaves it moves by one, however far it goes. */
function deviationOf(before: Float64Array, scale: Scale): number {
  const { knots } = scale
  return binnedDeviation(before, scale) || knots.at(-1)! - knots[0]! || 1
}

/** What one unit of the gap between the CDFs at each knot is worth, in standard deviations. */
function weightsOf(column: ComparedColumn): Float64Array {
  const { scale } = column
  const before = countsOnScale(column, column.reference)
  if (scale === undefined || sumOf(before) === 0) return new Float64Array(0)
  const { knots, isDiscrete } = scale
  const deviation = deviationOf(before, scale)
  return knots.map((knot, i) => {
    const [left, right] = [knot - (knots[i - 1] ?? knot), (knots[i + 1] ?? knot) - knot]
    return (isDiscrete ? right : (left + right) / 2) / deviation
  })
}

/**
 * Gaps between two CDFs are a Brownian bridge at the knots, so their weighted sum is one of absolute normal values. Shares of the
 * unplaced bins add theirs; that these hang together with the rest is left out, which is on the safe side.
 * In windows of a hundred rows, where bins hold five, alarms asked for at one in a thousand are up to three in a thousand.
 */
function lawOf(column: ComparedColumn, weights: Float64Array, spread: number): NullLaw {
  const shares = pooledShares(column)
  const unplaced = Float64Array.from(unplacedOf(column), (i) => shares[i]!)
  const numbers = countsOnScale(column, shares)
  const placed = sumOf(numbers)
  const below = new Float64Array(weights.length)
  let sum = 0
  for (let i = 0; i < below.length; i++) below[i] = sum += numbers[i]! / placed
  const gaps = weights.map((weight, i) => weight * Math.sqrt(Math.max(0, (spread * below[i]! * (1 - below[i]!)) / placed)))
  const moves = unplaced.map((share) => Math.sqrt(spread * share * (1 - share)))
  const deviations = Float64Array.of(...gaps, ...moves)
  if (!deviations.some((deviation) => deviation > 0)) return NO_SPREAD
  return foldedNormalSum(deviations, (i, j) => (Math.max(i, j) < below.length ? bridge(below, i, j) : 0), 1)
}

/** Correlation of a Brownian bridge at two places. */
function bridge(below: Float64Array, i: number, j: number): number {
  const [low, high] = [Math.min(below[i]!, below[j]!), Math.max(below[i]!, below[j]!)]
  return Math.sqrt((low * (1 - high)) / (high * (1 - low)))
}
