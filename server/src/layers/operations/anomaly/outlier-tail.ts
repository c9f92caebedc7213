/**
 * The tail of a distribution of which three points are known: that a share of 10 % of the rows lies beyond a first value, 5 % beyond
 * a second, and about one row beyond the extreme. Whatever the distribution, far out its tail is nearly a generalised Pareto one
 * (J. Pickands 1975, Statistical inference using extreme order statistics, Annals of Statistics 3, 119-131):
 *
 *     P(X beyond u + y) = 0.1 · (1 + shape · y / scale) ^ (-1 / shape)
 *
 * Shape -1 is a uniform distribution with its sharp edge, 0 an exponential one, above 0 a heavy tail; a normal one lies a little
 * below 0. The three points fix shape and scale. Beyond the extreme, where there is nothing to go by, the logarithm of the
 * probability falls on as it did on average up to there.
 */
import { QUANTILE_STEPS } from '../../model/index.ts'

/** Steps of the quantiles that a tail takes up: 10 %. */
export const TAIL_STEPS = 2
const START = TAIL_STEPS / QUANTILE_STEPS
const MIDDLE = 1 / QUANTILE_STEPS
const SHAPE_MAX = 8
const BISECTIONS = 60
/** Nearer to 0 the tail is taken for exponential. */
const SHAPE_MIN = 1e-6

/**
 * P(X <= x) for x up to the 10 % quantile.
 *
 * @param knots Quantiles, rising. @param extreme P(X <= the smallest), above 0.
 */
export function createTail(knots: Float64Array, extreme: number): (x: number) => number {
  const [min, middle, start] = [knots[0]!, knots[1]!, knots[TAIL_STEPS]!]
  const least = Math.min(extreme, MIDDLE)
  // With so many rows at the smallest value there is no tail; below it nothing was seen.
  if (!(middle > min)) return (x) => (x >= min ? stepped(x, middle, start) : least / 2)
  const fall = Math.log(START / least) / (start - min)
  const beyond = (x: number) => least * Math.exp(fall * (x - min))
  if (!(start > middle) || least === MIDDLE) {
    const slope = Math.log(MIDDLE / least) / (middle - min)
    return (x) => (x < min ? beyond(x) : x >= middle ? stepped(x, middle, start) : least * Math.exp(slope * (x - min)))
  }
  const shape = shapeOf((start - middle) / (start - min), least)
  if (Math.abs(shape) < SHAPE_MIN) return beyond
  const scale = (shape * (start - middle)) / ((MIDDLE / START) ** -shape - 1)
  return (x) => (x < min ? beyond(x) : START * (1 + (shape * (start - x)) / scale) ** (-1 / shape))
}

/** From the 5 % to the 10 % quantile, straight. */
function stepped(x: number, middle: number, start: number): number {
  return start > middle ? MIDDLE + ((START - MIDDLE) * (x - middle)) / (start - middle) : MIDDLE
}

/** The shape for which the middle lies where it does between start and extreme; `place` is 0..1, small for heavy tails. */
function shapeOf(place: number, least: number): number {
  const placeFor = (shape: number) => {
    const [middle, end] = [(START / MIDDLE) ** shape - 1, (START / least) ** shape - 1]
    return Math.abs(shape) < SHAPE_MIN ? Math.log(START / MIDDLE) / Math.log(START / least) : middle / end
  }
  let [low, high] = [-SHAPE_MAX, SHAPE_MAX]
  for (let i = 0; i < BISECTIONS; i++) {
    const shape = (low + high) / 2
    if (placeFor(shape) > place) low = shape
    else high = shape
  }
  return (low + high) / 2
}
