/**
 * Count, mean, spread and extremes of numbers that come in any order and in parts. A part is summed around the mean so far, which
 * keeps digits that a sum of squares would lose, and two parts become one by the formulas of T. Chan, G. Golub, R. LeVeque (1979),
 * Updating formulae and a pairwise algorithm for computing sample variances, STAN-CS-79-773. Exact but for rounding, about 1e-14
 * of the deviation a merge.
 */
import type { ValueBlock } from './value-block.ts'

export interface Moments {
  count: number
  mean: number
  /** Σ (x - mean)². Infinity when a square did not fit; there is no deviation then. */
  squares: number
  min: number
  max: number
}

export const createMoments = (): Moments => ({
  count: 0,
  mean: 0,
  squares: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
})

/** Adds one finite number (B. Welford 1962). */
export function addToMoments(moments: Moments, value: number): void {
  moments.count++
  const from = value - moments.mean
  moments.mean = Number.isFinite(from) ? moments.mean + from / moments.count : halves(moments.mean, moments.count - 1, value, 1)
  const step = from * (value - moments.mean)
  moments.squares += Number.isFinite(step) ? step : Number.POSITIVE_INFINITY
  if (value < moments.min) moments.min = value
  if (value > moments.max) moments.max = value
}

/** Adds a block, in about 4 ns a number. */
export function addBlockToMoments(moments: Moments, { values, rows }: ValueBlock): void {
  if (rows === 0) return
  const centre = moments.count === 0 ? values[0]! : moments.mean
  let [sum, squares, min, max] = [0, 0, moments.min, moments.max]
  for (let i = 0; i < rows; i++) {
    const value = values[i]!
    const from = value - centre
    sum += from
    squares += from * from
    if (value < min) min = value
    if (value > max) max = value
  }
  if (!Number.isFinite(squares)) {
    for (let i = 0; i < rows; i++) addToMoments(moments, values[i]!)
    return
  }
  mergeMoments(moments, { count: rows, mean: centre + sum / rows, squares: Math.max(0, squares - (sum * sum) / rows), min, max })
}

/** Adds `other` to `moments`. */
export function mergeMoments(moments: Moments, other: Moments): void {
  if (other.count === 0) return
  const [n, m] = [moments.count, other.count]
  const from = other.mean - moments.mean
  const between = n === 0 ? 0 : from * from * ((n * m) / (n + m))
  moments.mean = Number.isFinite(from) ? moments.mean + from * (m / (n + m)) : halves(moments.mean, n, other.mean, m)
  moments.squares += other.squares + (Number.isFinite(between) ? between : Number.POSITIVE_INFINITY)
  moments.count = n + m
  moments.min = Math.min(moments.min, other.min)
  moments.max = Math.max(moments.max, other.max)
}

/** A weighted mean of numbers whose difference does not fit. */
const halves = (a: number, n: number, b: number, m: number): number => a * (n / (n + m)) + b * (m / (n + m))

/** Sample standard deviation, with n - 1; undefined below two numbers, or when squares did not fit. */
export function deviationOf({ count, squares }: Moments): number | undefined {
  return count < 2 || !Number.isFinite(squares) ? undefined : Math.sqrt(squares / (count - 1))
}
