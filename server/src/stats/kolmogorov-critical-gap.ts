/**
 * How far apart two samples of n and m values may be before they are unlikely to come from one distribution: the smallest
 * whole number g such that n·m·D, D the Kolmogorov-Smirnov distance, reaches g with probability `alpha` at most. Exact, for
 * continuous values; with ties the true probability is lower.
 *
 * Merged in order, two samples of one distribution are a random walk from (0, 0) to (n, m), each order as likely as the other,
 * and n·m·D is the largest |i·m - j·n| on the way. The share of walks that reach g is carried from point to point:
 *
 *     reached(i, j) = 1 where |i·m - j·n| >= g, else i/(i+j)·reached(i-1, j) + j/(i+j)·reached(i, j-1)
 *
 * Source: J. Hodges (1958), The significance probability of the Smirnov two-sample test, Arkiv för Matematik 3, 469-486.
 * Checked against scipy.stats.ks_2samp(method='exact'). Time O(n·m·log(n·m)), memory O(m).
 */
export function kolmogorovCriticalGap(n: number, m: number, alpha: number): number {
  let [low, high] = [1, n * m + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (kolmogorovReach(n, m, middle) <= alpha) high = middle
    else low = middle + 1
  }
  return low
}

/** The probability that n·m·D is `gap` or more. */
export function kolmogorovReach(n: number, m: number, gap: number): number {
  const reached = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++)
    for (let j = 0; j <= m; j++)
      if (Math.abs(i * m - j * n) >= gap) reached[j] = 1
      else if (i + j > 0) reached[j] = (i * reached[j]! + (j > 0 ? j * reached[j - 1]! : 0)) / (i + j)
  return reached[m]!
}
