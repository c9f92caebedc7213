/**
 * How large a drift statistic gets by chance alone, when reference and window come from one distribution: the yardstick without
 * which a value of it means nothing. With n and m rows, f = 1/n + 1/m, and B occupied bins,
 *
 *     PSI                              ~  f χ²(B-1)
 *     Cohen's w                        ~  √(f χ²(B-1))
 *     Hellinger                        ~  √(f χ²(B-1) / 8)
 *     Jensen-Shannon distance, bits    ~  √(f χ²(B-1) / (8 ln 2))
 *     total variation                  ~  Σ |N(0, f p(1-p))| / 2, by its first two moments
 *
 * to leading order in the counts: each bin should expect some five rows in the smaller sample. Logarithms make the tails of PSI
 * a little longer than that, by 10 % at ten rows a bin. null-law.test.ts holds all of them against simulation.
 */
import { chiSquareTail, chiSquareUpperQuantile } from './chi-square.ts'
import { spreadOf } from './counts.ts'
import { foldedNormalSum } from './folded-normal-sum.ts'
import { kolmogorovQuantile, kolmogorovTail } from './kolmogorov.ts'

export interface NullLaw {
  /** The value exceeded with this probability. @param tail In 0..1, both excluded. */
  quantile(tail: number): number
  /** The probability of this value or a larger one. */
  tail(value: number): number
}

/** Rows of both samples, and bins occupied in either. */
export interface Sizes {
  readonly n: number
  readonly m: number
  /** A sparse one may count as part of a bin. */
  readonly bins: number
}

export const psiLaw = (sizes: Sizes): NullLaw => chiSquareLaw(sizes, 1, 1)
export const cohensWLaw = (sizes: Sizes): NullLaw => chiSquareLaw(sizes, 1, 2)
export const hellingerLaw = (sizes: Sizes): NullLaw => chiSquareLaw(sizes, 1 / 8, 2)
export const jensenShannonLaw = (sizes: Sizes): NullLaw => chiSquareLaw(sizes, 1 / (8 * Math.LN2), 2)

/** The law of (factor · f · χ²(B-1)) ^ (1/root). */
function chiSquareLaw({ n, m, bins }: Sizes, factor: number, root: 1 | 2): NullLaw {
  const scale = factor * spreadOf(n, m)
  const degrees = bins - 1
  if (degrees <= 0) return NO_SPREAD
  return {
    quantile: (tail) => (scale * chiSquareUpperQuantile(tail, degrees)) ** (1 / root),
    tail: (value) => chiSquareTail(Math.max(0, value) ** root / scale, degrees),
  }
}

/** @param shares Of the bins, summing to 1. Equal shares give the largest values, so they are safe when shares are not known. */
export function totalVariationLaw(n: number, m: number, shares: Float64Array): NullLaw {
  const root = Math.sqrt(spreadOf(n, m)) / 2
  if (shares.reduce((bins, share) => bins + (share > 0 ? 1 : 0), 0) < 2) return NO_SPREAD
  const odds = shares.map((share) => Math.sqrt(share / (1 - share)))
  return foldedNormalSum(
    shares.map((share) => root * Math.sqrt(share * (1 - share))),
    (i, j) => -odds[i]! * odds[j]!,
  )
}

/** Exact for values without ties; bins and ties make it conservative. */
export const kolmogorovLaw = (n: number, m: number): NullLaw => ({
  quantile: (tail) => kolmogorovQuantile(tail, n, m),
  tail: (value) => kolmogorovTail(value, n, m),
})

/** Nothing can differ: any value is one too many. */
export const NO_SPREAD: NullLaw = { quantile: () => 0, tail: (value) => (value > 0 ? 0 : 1) }
