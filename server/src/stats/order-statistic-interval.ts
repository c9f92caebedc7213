import { type Estimate, requireNumbers } from './estimate.ts'
import { incompleteBeta } from './incomplete-beta.ts'

/**
 * A quantile with an interval that is exact whatever the distribution, which is what latencies need: their tails are long,
 * lumpy and nothing like normal.
 *
 * The count of values at or below the true p-quantile is binomial(n, p). So the l-th and u-th smallest values hold it with
 * probability at least P(l <= K < u), and l and u are chosen so that each side is missed with at most (1 - confidence) / 2.
 * When the sample is too small for a side (a p99 needs 368 values above at 95 %), that side is unbounded.
 *
 * @param values Shape [n], n >= 1, any order, no NaN. Not modified.
 * @param p In 0..1, both excluded.
 * @returns `value` is the ceil(n p)-th smallest, the inverse of the empirical CDF.
 * Time O(n log n). Source: W. J. Conover, Practical Nonparametric Statistics, 3.2; H. A. David, Order Statistics, 7.1.
 */
export function orderStatisticInterval(values: Float64Array, p: number, confidence = 0.95): Estimate {
  requireNumbers('value', values)
  const sorted = values.toSorted()
  const rows = sorted.length
  const tail = (1 - confidence) / 2
  const [below, above] = [lowRank(rows, p, tail), highRank(rows, p, tail)]
  return {
    value: sorted[Math.min(rows, Math.max(1, Math.ceil(rows * p - 1e-9))) - 1]!,
    low: below === 0 ? Number.NEGATIVE_INFINITY : sorted[below - 1]!,
    high: above > rows ? Number.POSITIVE_INFINITY : sorted[above - 1]!,
    confidence,
    rows,
    method: 'binomial order statistics',
  }
}

/** Fewest rows for which the upper end of the interval exists: p^n at most (1 - confidence) / 2. */
export const rowsForUpperEnd = (p: number, confidence = 0.95): number => Math.ceil(Math.log((1 - confidence) / 2) / Math.log(p))

/** P(K <= k), K binomial(n, p). */
const binomialCdf = (k: number, n: number, p: number): number => (k < 0 ? 0 : k >= n ? 1 : incompleteBeta(1 - p, n - k, k + 1))

/** Largest l with P(K <= l - 1) <= tail: the true quantile is below the l-th value that rarely. 0 when there is none. */
function lowRank(n: number, p: number, tail: number): number {
  return firstWhere(0, n, (l) => binomialCdf(l, n, p) > tail)
}

/** Smallest u with P(K >= u) <= tail. n + 1 when there is none. */
function highRank(n: number, p: number, tail: number): number {
  return firstWhere(1, n + 1, (u) => 1 - binomialCdf(u - 1, n, p) <= tail)
}

/** The first whole number in low..high for which `holds` is true; it is false before and true from there on. */
function firstWhere(low: number, high: number, holds: (x: number) => boolean): number {
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
