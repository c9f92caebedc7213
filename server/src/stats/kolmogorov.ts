/**
 * How large the Kolmogorov-Smirnov distance of two samples gets by chance.
 *
 * Small samples, n·m up to EXACT_CELLS_MAX: exactly. Every order of the pooled values is a path from (0, 0) to (n, m); the
 * p-value is the share of paths that somewhere reach |i/n - j/m| >= D, which a walk over the lattice counts without any
 * subtraction (J. Hodges 1958, Ark. Mat. 3, 469-486).
 *
 * Larger ones as scipy's 'asymp' does: as one sample of N = round(nm / (n + m)) values against a known distribution.
 *
 *     N D² >= 2.2 (N > 140), >= 4 (else)   twice the one-sided tail of Smirnov, summed for N up to 1,000, expanded above
 *     N <= 140                             the matrix power of Durbin, as Marsaglia, Tsang and Wang (2003) wrote it
 *     else                                 the expansion of Pelz and Good (1976), J. R. Stat. Soc. B 38, 152-156
 *
 * Regions from R. Simard, P. L'Ecuyer (2011), J. Stat. Softw. 39(11). Tied values make all of them conservative.
 */
import { logGamma } from './log-gamma.ts'

/** Cells of the lattice up to which the exact p-value is computed: about 5 ms. */
const EXACT_CELLS_MAX = 1_000_000
/** Cells up to which a quantile, which asks for some 50 p-values, is exact. */
const EXACT_QUANTILE_CELLS_MAX = 10_000
const MATRIX_ROWS_MAX = 140
const SMIRNOV_SUM_MAX = 1_000

/** P(distance >= D) of two samples of n and m values from one continuous distribution. @param distance In 0..1. */
export function kolmogorovTail(distance: number, n: number, m: number): number {
  return n * m <= EXACT_CELLS_MAX ? kolmogorovExactTail(distance, n, m) : kolmogorovOneSampleTail(distance, effectiveRows(n, m))
}

const effectiveRows = (n: number, m: number): number => Math.max(1, Math.round((n * m) / (n + m)))

/** The exact p-value, in O(nm) time and O(m) memory. */
export function kolmogorovExactTail(distance: number, n: number, m: number): number {
  const limit = Math.round(distance * n * m)
  if (limit <= 0) return 1
  const touched = new Float64Array(m + 1)
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= limit) touched[j] = 1
      else if (i === 0 && j === 0) touched[j] = 0
      else touched[j] = ((i === 0 ? 0 : i * touched[j]!) + (j === 0 ? 0 : j * touched[j - 1]!)) / (i + j)
    }
  }
  return touched[m]!
}

/** P(distance >= D) of one sample of `rows` values against a known continuous distribution (scipy.stats.kstwo.sf). */
export function kolmogorovOneSampleTail(distance: number, rows: number): number {
  if (distance >= 1) return 0
  if (distance <= 0.5 / rows) return 1
  const scaled = rows * distance * distance
  if (scaled >= (rows > MATRIX_ROWS_MAX ? 2.2 : 4)) return Math.min(1, 2 * smirnovTail(distance, rows))
  const cdf = rows <= MATRIX_ROWS_MAX ? matrixCdf(distance, rows) : pelzGoodCdf(distance, rows)
  return Math.min(1, Math.max(0, 1 - cdf))
}

/** The D that two samples exceed by chance with this probability: the smallest with kolmogorovTail <= tail, to 1e-9. */
export function kolmogorovQuantile(tail: number, n: number, m: number): number {
  const isExact = n * m <= EXACT_QUANTILE_CELLS_MAX
  const rows = effectiveRows(n, m)
  const tailOf = (distance: number) => (isExact ? kolmogorovExactTail(distance, n, m) : kolmogorovOneSampleTail(distance, rows))
  let [low, high] = [0, 1]
  while (high - low > 1e-9) {
    const middle = (low + high) / 2
    if (tailOf(middle) > tail) low = middle
    else high = middle
  }
  return high
}

/** One-sided: d Σ C(n,j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j); above SMIRNOV_SUM_MAX its expansion by Maag and Dicaire (1971). */
function smirnovTail(d: number, n: number): number {
  if (n > SMIRNOV_SUM_MAX) return Math.exp(-((6 * n * d + 1) ** 2) / (18 * n))
  let sum = 0
  for (let j = 0; j <= n * (1 - d); j++) {
    const rest = 1 - d - j / n
    if (rest <= 0) continue
    const ways = logGamma(n + 1) - logGamma(j + 1) - logGamma(n - j + 1)
    sum += Math.exp(ways + (j - 1) * Math.log(d + j / n) + (n - j) * Math.log(rest))
  }
  return d * sum
}

/** P(D < d) for few rows: an entry of the n-th power of a (2k-1)-square matrix, k = ceil(nd), scaled to stay in range. */
function matrixCdf(d: number, n: number): number {
  const k = Math.floor(n * d) + 1
  const size = 2 * k - 1
  const h = k - n * d
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) matrix[i * size + j] = i - j + 1 < 0 ? 0 : 1
  for (let i = 0; i < size; i++) {
    matrix[i * size]! -= h ** (i + 1)
    matrix[(size - 1) * size + i]! -= h ** (size - i)
  }
  if (2 * h > 1) matrix[(size - 1) * size]! += (2 * h - 1) ** size
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) if (i - j + 1 > 0) matrix[i * size + j]! /= Math.exp(logGamma(i - j + 2))
  const power = matrixPower(matrix, size, n)
  let value = power.values[(k - 1) * size + k - 1]!
  let exponent = power.exponent
  for (let i = 1; i <= n; i++) {
    value = (value * i) / n
    if (value < 1e-140) {
      value *= 1e140
      exponent -= 140
    }
  }
  return value * 10 ** exponent
}

interface Scaled {
  readonly values: Float64Array
  /** Of ten. */
  readonly exponent: number
}

function matrixPower(matrix: Float64Array, size: number, n: number): Scaled {
  if (n === 1) return { values: matrix, exponent: 0 }
  const half = matrixPower(matrix, size, n >> 1)
  const square = multiply(half.values, half.values, size)
  const values = n % 2 === 0 ? square : multiply(matrix, square, size)
  const exponent = 2 * half.exponent
  const middle = values[(size >> 1) * size + (size >> 1)]!
  return middle > 1e140 ? { values: values.map((value) => value * 1e-140), exponent: exponent + 140 } : { values, exponent }
}

function multiply(a: Float64Array, b: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const factor = a[i * size + k]!
      if (factor !== 0) for (let j = 0; j < size; j++) product[i * size + j]! += factor * b[k * size + j]!
    }
  return product
}

/** P(D < d) to about 1e-7 for more than 140 rows: Kolmogorov's limit and three corrections in 1/sqrt(n). */
function pelzGoodCdf(d: number, n: number): number {
  const z = Math.sqrt(n) * d
  if (z < 0.05) return 0
  const [z2, z4, z6] = [z ** 2, z ** 4, z ** 6]
  const [pi2, pi4, pi6] = [Math.PI ** 2, Math.PI ** 4, Math.PI ** 6]
  let [k0, k1, k2, k3] = [0, 0, 0, 0]
  const terms = Math.ceil(16 * z) + 4
  for (let k = terms; k >= 0; k--) {
    const odd = (k + 0.5) ** 2
    const q = Math.exp((-pi2 * odd) / (2 * z2))
    k0 += q
    k1 += (pi2 * odd - z2) * q
    k2 += (6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * odd + pi4 * (1 - 2 * z2) * odd ** 2) * q
    k3 +=
      (-30 * z6 -
        90 * z ** 8 +
        pi2 * (135 * z4 - 96 * z6) * odd +
        pi4 * (212 * z4 - 60 * z2) * odd ** 2 +
        pi6 * (5 - 30 * z2) * odd ** 3) *
      q
  }
  let [even2, even3] = [0, 0]
  for (let k = terms; k >= 1; k--) {
    const q = Math.exp((-pi2 * k * k) / (2 * z2))
    even2 += pi2 * k * k * q
    even3 += (3 * pi2 * k * k * z2 - pi4 * k ** 4) * q
  }
  const root = Math.sqrt(Math.PI / 2)
  const rootTwo = Math.sqrt(2 * Math.PI)
  const term0 = (k0 * rootTwo) / z
  const term1 = (k1 * root) / (3 * z4)
  const term2 = (k2 * root) / (36 * z ** 7) - (even2 * root) / (18 * z ** 3)
  const term3 = (k3 * root) / (3240 * z ** 10) + (even3 * root) / (108 * z6)
  return term0 + term1 / Math.sqrt(n) + term2 / n + term3 / n ** 1.5
}
