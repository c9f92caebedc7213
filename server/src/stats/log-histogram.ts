/**
 * A histogram whose bins are as wide as 1/64 of the power of two they lie in, so that any quantile is known to VALUE_ERROR of
 * itself, whatever the range of the data, and two histograms add up to the one of all numbers: exactly, in any order.
 *
 *     number          sign | exponent (11 bits) | 6 bits of the fraction | the rest
 *     bin             sign | ------- 17 bits, shifted -------------------|
 *
 * The bin is read off the upper word, without a logarithm. Between 2^-64 and 2^64 there are 8,192 bins for each sign; smaller
 * numbers count as 0, larger ones as the last bin. Times lie in bins of one day instead, because 1 % of the year 2026 is half a
 * lifetime.
 *
 * The idea is that of DDSketch (C. Masson, J. Rim, H. Lee 2019, VLDB 12(12)) with the fast mapping its authors also offer. Bins
 * in use are a window of an array that grows, 8 bytes each: 16 KB for 30 powers of two, 131 KB at most.
 */
import { createValueBlock, type ValueBlock } from './value-block.ts'

/** Largest distance of a quantile from the true value, as a share of it. */
export const VALUE_ERROR = 1 / 128
/** Bins of each sign. */
export const BIN_MAX = 8_192
const FRACTION_BITS = 6
const SHIFT = 20 - FRACTION_BITS
/** Bin 1 starts at 2^-64. */
const FIRST = (1_023 - 64) * 2 ** FRACTION_BITS - 1
export const DAY_MS = 86_400_000
/** Days from 1900 to 2200; others count as the first or last one. */
const [DAY_MIN, DAY_MAX] = [-25_567, 84_006]
/** Bins are made room for in lots of this size: one power of two. */
const LOT = 64

export interface LogHistogram {
  readonly kind: 'relative' | 'day'
  /** Bin of counts[0]. */
  low: number
  counts: Float64Array
}

export const createLogHistogram = (kind: LogHistogram['kind'] = 'relative'): LogHistogram => ({
  kind,
  low: 0,
  counts: new Float64Array(0),
})

/** The bin of a finite number by its upper word: below 0 for negative numbers, 0 about zero, rising with the number. */
export function relativeBin(upperWord: number): number {
  const place = ((upperWord & 0x7fffffff) >>> SHIFT) - FIRST
  const bin = place < 0 ? 0 : place > BIN_MAX ? BIN_MAX : place
  return upperWord < 0 ? 0 - bin : bin
}

/** The smallest number of a bin; of the lowest bin minus infinity. */
export function binStart(bin: number): number {
  if (bin <= -BIN_MAX) return Number.NEGATIVE_INFINITY
  if (bin <= 0) return -magnitudeAt(1 - bin)
  return magnitudeAt(bin)
}

/** Where bin `bin` > 0 starts. */
function magnitudeAt(bin: number, share = 0): number {
  const place = bin + FIRST
  return 2 ** ((place >> FRACTION_BITS) - 1_023) * (1 + ((place & (2 ** FRACTION_BITS - 1)) + share) / 2 ** FRACTION_BITS)
}

const dayBin = (value: number): number => Math.min(DAY_MAX, Math.max(DAY_MIN, Math.floor(value / DAY_MS)))

/** Range that any bin of this kind lies in. */
export const binRange = (kind: LogHistogram['kind']): readonly [low: number, high: number] =>
  kind === 'day' ? [DAY_MIN, DAY_MAX] : [-BIN_MAX, BIN_MAX]

export function addBlockToHistogram(histogram: LogHistogram, { values, words, rows }: ValueBlock): void {
  const isDay = histogram.kind === 'day'
  let { counts, low } = histogram
  for (let i = 0; i < rows; i++) {
    const bin = isDay ? dayBin(values[i]!) : relativeBin(words[2 * i + 1]!)
    if (!(bin >= low && bin < low + counts.length)) {
      makeRoom(histogram, bin, bin)
      ;({ counts, low } = histogram)
    }
    counts[bin - low]!++
  }
}

const one = createValueBlock(1)

export function addToHistogram(histogram: LogHistogram, value: number): void {
  one.values[0] = value
  one.rows = 1
  addBlockToHistogram(histogram, one)
}

/** Adds `other`, of the same kind. */
export function mergeHistogram(histogram: LogHistogram, { low, counts }: LogHistogram): void {
  if (counts.length === 0) return
  makeRoom(histogram, low, low + counts.length - 1)
  const offset = low - histogram.low
  for (let i = 0; i < counts.length; i++) histogram.counts[offset + i]! += counts[i]!
}

/** Room for the bins `from` to `to`, in whole lots. */
function makeRoom(histogram: LogHistogram, from: number, to: number): void {
  const { low, counts } = histogram
  const isEmpty = counts.length === 0
  const [first, last] = isEmpty ? [from, to] : [Math.min(low, from), Math.max(low + counts.length - 1, to)]
  const newLow = Math.floor(first / LOT) * LOT
  const size = (Math.floor(last / LOT) + 1) * LOT - newLow
  if (newLow === low && size === counts.length) return
  const grown = new Float64Array(size)
  if (!isEmpty) grown.set(counts, low - newLow)
  histogram.low = newLow
  histogram.counts = grown
}

/**
 * The value below which a share `p` of the numbers lies, within VALUE_ERROR of itself, or half a day for times.
 * Undefined when there are none. @param p In 0..1. The caller knows the extremes better.
 */
export function histogramQuantile({ kind, low, counts }: LogHistogram, p: number): number | undefined {
  const rows = counts.reduce((sum, count) => sum + count, 0)
  if (rows === 0) return undefined
  const rank = p * (rows - 1)
  let [below, index] = [0, 0]
  while (below + counts[index]! <= rank) below += counts[index++]!
  const bin = low + index
  if (kind === 'day') return (bin + 0.5) * DAY_MS
  return bin === 0 ? 0 : Math.sign(bin) * magnitudeAt(Math.abs(bin), 0.5)
}
