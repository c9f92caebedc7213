/**
 * The two-sample Cramér-von Mises test: the squared gap between two empirical CDFs, summed over all values. More sensitive than
 * Kolmogorov-Smirnov to small shifts everywhere.
 *
 * T comes from the ranks of both samples in their pool (tied values share the middle rank). P-values, as scipy has them: exact
 * when both samples are small, from the table of frequencies of all orders (Xiao, Gordon, Yakovlev 2006); else from the limit,
 * after T is shifted and scaled to its exact mean and variance (T. Anderson 1962, Ann. Math. Statist. 33, 1148-1159). The limit
 * is Anderson and Darling's (1952) series, in which K is the modified Bessel function of order 1/4:
 *
 *     P(X <= x) = 1/(π√x) Σ (-1)^j C(-1/2, j) √(4j+1) e^-q K(q),   q = (4j+1)² / 16x
 */
import { requireNumbers } from './estimate.ts'
import { logGamma } from './log-gamma.ts'

/** Both samples up to this many values are tested exactly: the table has some ten thousand entries. */
const EXACT_ROWS_MAX = 10

export interface CramerVonMisesTest {
  readonly statistic: number
  readonly pValue: number
}

/** @param method 'exact' costs more than polynomial memory beyond 20 values. Throws EmptySample, NotANumber. */
export function cramerVonMises(
  reference: Float64Array,
  window: Float64Array,
  method: 'auto' | 'exact' | 'limit' = 'auto',
): CramerVonMisesTest {
  requireNumbers('reference', reference)
  requireNumbers('window', window)
  const [n, m] = [reference.length, window.length]
  const u = n * rankGaps(reference, window) + m * rankGaps(window, reference)
  const statistic = u / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m))
  const isExact = method === 'exact' || (method === 'auto' && Math.max(n, m) <= EXACT_ROWS_MAX)
  return { statistic, pValue: isExact ? exactTail(u, n, m) : limitTail(statistic, n, m) }
}

/** Σ (rank in the pool - rank in the own sample)². */
function rankGaps(own: Float64Array, other: Float64Array): number {
  const [a, b] = [own.toSorted(), other.toSorted()]
  let [sum, below, through] = [0, 0, 0]
  for (let i = 0; i < a.length;) {
    let end = i
    while (end < a.length && a[end] === a[i]) end++
    while (below < b.length && b[below]! < a[i]!) below++
    while (through < b.length && b[through]! <= a[i]!) through++
    const rank = (i + end + 1) / 2 + (below + through) / 2
    for (; i < end; i++) sum += (rank - i - 1) ** 2
  }
  return sum
}

/** The share of all orders of n and m values whose sum of squared gaps is at least that of `u`. */
function exactTail(u: number, n: number, m: number): number {
  const lcm = (n * m) / gcd(n, m)
  const [a, b] = [lcm / n, lcm / m]
  const limit = Math.floor((lcm ** 2 * (n + m) * (6 * u - n * m * (4 * n * m - 1))) / (6 * (n * m) ** 2))
  // Orders of v values of one and w of the other, by their sum so far; one column of the lattice at a time.
  let column: Map<number, number>[] = [new Map([[0, 1]]), ...Array.from({ length: n }, () => new Map<number, number>())]
  for (let w = 0; w <= m; w++) {
    const next: Map<number, number>[] = []
    for (let v = 0; v <= n; v++) {
      const gap = (a * v - b * w) ** 2
      const orders = new Map<number, number>()
      for (const from of [next[v - 1], column[v]!])
        for (const [sum, count] of from ?? []) orders.set(sum + gap, (orders.get(sum + gap) ?? 0) + count)
      next.push(orders)
    }
    column = next
  }
  let [reaching, all] = [0, 0]
  for (const [sum, count] of column[n]!) {
    all += count
    if (sum >= limit) reaching += count
  }
  return reaching / all
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

function limitTail(statistic: number, n: number, m: number): number {
  const [rows, product] = [n + m, n * m]
  const mean = (1 + 1 / rows) / 6
  const variance = ((rows + 1) * (4 * product * rows - 3 * (n * n + m * m) - 2 * product)) / (45 * rows ** 2 * 4 * product)
  // One value on each side: there is one order only, up to names.
  if (variance <= 0) return 1
  const scaled = 1 / 6 + (statistic - mean) / Math.sqrt(45 * variance)
  return scaled < 0.003 ? 1 : Math.max(0, 1 - cramerVonMisesLimitCdf(scaled))
}

/** P(X <= x) of the limiting distribution, to about 1e-9. @param x Above 0. */
export function cramerVonMisesLimitCdf(x: number): number {
  let sum = 0
  for (let j = 0; j < 1_000; j++) {
    const y = 4 * j + 1
    const weight = Math.exp(logGamma(j + 0.5) - logGamma(j + 1)) / (Math.PI ** 1.5 * Math.sqrt(x))
    const term = weight * Math.sqrt(y) * scaledBessel((y * y) / (16 * x))
    sum += term
    if (term < 1e-10) break
  }
  return Math.min(1, sum)
}

/** e^-q K(q) of order 1/4: the integral of e^(-q (1 + cosh t)) cosh(t / 4), by the trapezoid rule, which converges at once. */
function scaledBessel(q: number): number {
  const step = 0.1
  let sum = Math.exp(-2 * q) / 2
  for (let t = step; ; t += step) {
    const term = Math.exp(-q * (1 + Math.cosh(t))) * Math.cosh(t / 4)
    sum += term
    if (!(term > sum * 1e-17)) return sum * step
  }
}
