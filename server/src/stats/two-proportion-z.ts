import { normalCdf } from './normal.ts'

export interface ProportionTest {
  /** Share in the reference less share in the window. */
  readonly difference: number
  /** In standard errors, of the pooled share. 0 when both shares are 0 or both 1. */
  readonly z: number
  /** Two-sided. */
  readonly pValue: number
}

/**
 * Two shares that may be one. @param a Hits of @param n rows, and @param b hits of @param m rows; n and m above 0.
 * Good from about five hits and five misses on each side. Checked against statsmodels' proportions_ztest.
 */
export function twoProportionZ(a: number, n: number, b: number, m: number): ProportionTest {
  const difference = a / n - b / m
  const pooled = (a + b) / (n + m)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
  const z = error === 0 ? 0 : difference / error
  return { difference, z, pValue: Math.min(1, 2 * normalCdf(-Math.abs(z))) }
}
