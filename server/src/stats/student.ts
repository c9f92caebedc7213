import { incompleteBeta } from './incomplete-beta.ts'
import { normalQuantile } from './normal.ts'

/** Beyond this many degrees of freedom t and normal differ by less than 3e-6 of z, and z is used. */
const DEGREES_NORMAL = 1e6

/** P(T <= t) of Student's t. @param degrees Of freedom, above 0. */
export function studentCdf(t: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
  return t > 0 ? 1 - tail : tail
}

/**
 * The t with P(T <= t) = p. @param p In 0..1.  @param degrees Of freedom, at least 1.
 * Bisection between bounds that grow from the normal's, so that it never fails; precision 1e-12 relative.
 */
export function studentQuantile(p: number, degrees: number): number {
  if (p === 0.5) return 0
  if (p > 0.5) return -studentQuantile(1 - p, degrees)
  if (degrees > DEGREES_NORMAL) return normalQuantile(p)
  if (p <= 0) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  let high = normalQuantile(p)
  let low = high * 2
  while (studentCdf(low, degrees) > p) low *= 2
  for (let i = 0; i < 200 && high - low > 1e-13 * -low; i++) {
    const middle = (low + high) / 2
    if (studentCdf(middle, degrees) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
