import { logUpperGamma, lowerGamma, upperGamma } from './incomplete-gamma.ts'
import { normalQuantile } from './normal.ts'

/** P(X > x) of chi-square. @param degrees Of freedom, above 0. Precision 1e-12 relative down to the smallest number. */
export const chiSquareTail = (x: number, degrees: number): number => (x <= 0 ? 1 : upperGamma(degrees / 2, x / 2))

/** ln P(X > x), for tails that no number holds. */
export const logChiSquareTail = (x: number, degrees: number): number => (x <= 0 ? 0 : logUpperGamma(degrees / 2, x / 2))

/** The x with P(X > x) = tail. @param tail In 0..1; 0 gives infinity and 1 gives 0. */
export const chiSquareUpperQuantile = (tail: number, degrees: number): number => 2 * gammaUpperQuantile(tail, degrees / 2)

/**
 * The x with Q(shape, x) = tail: the upper quantile of a gamma with scale 1.
 *
 * Newton's steps on ln Q, from Wilson and Hilferty's cube (1931), kept between bounds that every step narrows and halved when a
 * step leaves them, so that it cannot fail. Precision 1e-12 relative.
 */
export function gammaUpperQuantile(tail: number, shape: number): number {
  if (!(tail >= 0 && tail <= 1) || !(shape > 0)) return Number.NaN
  if (tail === 0) return Number.POSITIVE_INFINITY
  if (tail === 1) return 0
  const off = (x: number) =>
    tail < 0.5 ? logUpperGamma(shape, x) - Math.log(tail) : Math.log1p(-tail) - Math.log(lowerGamma(shape, x))
  const spread = 1 / (9 * shape)
  let x = shape * Math.max(0.01, 1 - spread - normalQuantile(tail) * Math.sqrt(spread)) ** 3
  let [low, high] = [0, Number.POSITIVE_INFINITY]
  for (let i = 0; i < 200; i++) {
    const error = off(x)
    if (error > 0) low = x
    else high = x
    const nearby = x * 1e-6
    const slope = (off(x + nearby) - error) / nearby
    let next = x - error / slope
    if (!(next > low && next < high)) next = high === Number.POSITIVE_INFINITY ? x * 2 : (low + high) / 2
    if (Math.abs(next - x) <= 1e-14 * x) return next
    x = next
  }
  return x
}
