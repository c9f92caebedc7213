/**
 * Isotonic regression: the rising step function that is nearest to the points in weighted squares. It turns a score into the
 * probability that scores like it really had, with no shape assumed but that a higher score is not less likely.
 *
 * Pool adjacent violators: walk from the lowest x; a point below the block before it joins that block, which takes the mean.
 *
 *     y:  1   3   2   4   3.5          blocks:  [1]  [3 2] -> 2.5  [4 3.5] -> 3.75
 *
 * Between blocks the function goes in a straight line, beyond its ends it is flat.
 * Source: R. Barlow, D. Bartholomew, J. Bremner, H. Brunk (1972), Statistical inference under order restrictions. Checked
 * against sklearn.isotonic.IsotonicRegression(out_of_bounds='clip').
 */
import { requirePairs } from './estimate.ts'
import { LengthMismatch } from './errors.ts'

/** As JSON has it. */
export interface Isotonic {
  /** Rising x at which the function is known: the first and the last of each block. At least one. */
  readonly knots: readonly number[]
  /** Values at the knots, never falling. */
  readonly values: readonly number[]
  /** Block of each knot, from 0. */
  readonly blocks: readonly number[]
  /** Weight of the points in each block: how well its value is known. */
  readonly weights: readonly number[]
}

interface Block {
  readonly from: number
  readonly to: number
  readonly mean: number
  readonly weight: number
}

/**
 * @param x, y Shape [n], n >= 1. @param weights Shape [n], above 0; 1 each when absent. Equal x are one point, their mean.
 * @throws EmptySample, LengthMismatch, NotANumber. Time O(n log n).
 */
export function fitIsotonic(x: Float64Array, y: Float64Array, weights?: Float64Array): Isotonic {
  requirePairs('x', x, 'y', y)
  if (weights !== undefined && weights.length !== x.length)
    throw new LengthMismatch({ left: 'x', leftLength: x.length, right: 'weights', rightLength: weights.length })
  const pooled: Block[] = []
  for (const point of points(x, y, weights)) {
    let block = point
    for (let last = pooled.at(-1); last !== undefined && last.mean >= block.mean; last = pooled.at(-1)) {
      pooled.pop()
      const weight = last.weight + block.weight
      block = { from: last.from, to: block.to, weight, mean: last.mean + ((block.mean - last.mean) * block.weight) / weight }
    }
    pooled.push(block)
  }
  const ends = pooled.map(({ from, to }) => (from === to ? [from] : [from, to]))
  return {
    knots: ends.flat(),
    values: ends.flatMap((knots, i) => knots.map(() => pooled[i]!.mean)),
    blocks: ends.flatMap((knots, i) => knots.map(() => i)),
    weights: pooled.map(({ weight }) => weight),
  }
}

/** Distinct x from low to high with the mean of their y. */
function points(x: Float64Array, y: Float64Array, weights?: Float64Array): Block[] {
  const order = Int32Array.from(x, (_, i) => i).sort((a, b) => x[a]! - x[b]!)
  const merged: Block[] = []
  for (const i of order) {
    const last = merged.at(-1)
    const weight = weights?.[i] ?? 1
    if (last !== undefined && last.from === x[i]) {
      const sum = last.weight + weight
      merged[merged.length - 1] = { ...last, weight: sum, mean: last.mean + ((y[i]! - last.mean) * weight) / sum }
    } else merged.push({ from: x[i]!, to: x[i]!, mean: y[i]!, weight })
  }
  return merged
}

/** The value at x. O(log knots). */
export function isotonicAt({ knots, values }: Isotonic, x: number): number {
  const right = firstAtLeast(knots, x)
  if (right === 0) return values[0]!
  if (right === knots.length) return values[right - 1]!
  const [low, high] = [values[right - 1]!, values[right]!]
  return low + ((high - low) * (x - knots[right - 1]!)) / (knots[right]! - knots[right - 1]!)
}

/** The block that x lies in or is nearest to. */
export function isotonicBlockAt({ knots, blocks }: Isotonic, x: number): number {
  const right = firstAtLeast(knots, x)
  if (right === 0 || right === knots.length) return blocks[Math.max(0, right - 1)]!
  return x - knots[right - 1]! < knots[right]! - x ? blocks[right - 1]! : blocks[right]!
}

/** Index of the first knot that is not below x; the number of knots when there is none. */
function firstAtLeast(knots: readonly number[], x: number): number {
  let [low, high] = [0, knots.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (knots[middle]! < x) low = middle + 1
    else high = middle
  }
  return low
}
