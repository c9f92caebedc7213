/**
 * Expected calibration error: how far a probability of 0.3 is from happening 30 % of the time, on average over the rows.
 *
 * Rows are put into bins of equal count by their probability (equal widths would leave most bins of a skewed model empty);
 * equal probabilities stay together. The error is Σ share of rows · |mean probability - share of outcomes|.
 *
 * That plain sum is too high: even a perfectly calibrated model shows a gap of about 0.8 standard errors in each bin. So each
 * gap is corrected by what noise of its own size would add to it, E|N(gap, se²)| - |gap|, as Kumar, Liang and Ma do by
 * simulation and we in closed form (the mean of a folded normal). About half of the excess remains when there is no error at
 * all; it shrinks with the square root of the rows. The interval adds up the variances of the gaps over the bins, which are
 * independent given the bins; taking the absolute value can only make them smaller, so it errs on the wide side. Its lower end
 * takes off the most that noise can add, 0.8 standard errors a bin, so that a calibrated model's interval reaches zero.
 * Sources: A. Kumar, P. Liang, T. Ma (2019), Verified uncertainty calibration, NeurIPS, section 5 and `normal_debiased_ce` of
 * its code; M. Naeini, G. Cooper, M. Hauskrecht (2015), AAAI, for the error itself.
 */
import { clamp, type Estimate, requirePairs } from './estimate.ts'
import { normalCdf, zOf } from './normal.ts'

/** Shown in the method of every estimate. Fewer bins hide errors that cancel, more bins measure noise. */
export const CALIBRATION_BINS = 15

export interface CalibrationBin {
  readonly rows: number
  readonly meanProbability: number
  readonly outcomeShare: number
  /** Standard error of the difference of the two. */
  readonly standardError: number
}

/**
 * @param probabilities Shape [n], n >= 1, in 0..1.  @param outcomes Shape [n]; 1 is positive, all else negative.
 * @returns Value in 0..1, corrected for noise.  @throws LengthMismatch, EmptySample, NotANumber. Time O(n log n).
 */
export function calibrationError(
  probabilities: Float64Array,
  outcomes: Float64Array,
  confidence = 0.95,
  binsMax = CALIBRATION_BINS,
): Estimate {
  const bins = calibrationBins(probabilities, outcomes, binsMax)
  const rows = probabilities.length
  let value = 0
  let least = 0
  let variance = 0
  for (const bin of bins) {
    const share = bin.rows / rows
    const gap = Math.abs(bin.meanProbability - bin.outcomeShare)
    value += share * (2 * gap - foldedMean(gap, bin.standardError))
    least += share * (gap - foldedMean(0, bin.standardError))
    variance += (share * bin.standardError) ** 2
  }
  value = clamp(value, 0, 1)
  const reach = zOf(confidence) * Math.sqrt(variance)
  const method = `${bins.length} bins of equal count, noise removed, normal interval`
  return { value, low: clamp(least - reach, 0, value), high: Math.min(1, value + reach), confidence, rows, method }
}

/** The reliability diagram behind the error: bins of about equal count, by rising probability. */
export function calibrationBins(
  probabilities: Float64Array,
  outcomes: Float64Array,
  binsMax = CALIBRATION_BINS,
): readonly CalibrationBin[] {
  requirePairs('Probabilities', probabilities, 'outcomes', outcomes)
  const [sorted, happened] = sortedPairs(probabilities, outcomes)
  const rows = sorted.length
  const bins: CalibrationBin[] = []
  for (let from = 0, bin = 1; from < rows; bin++) {
    let to = Math.max(from + 1, Math.round((rows * bin) / binsMax))
    while (to < rows && sorted[to] === sorted[to - 1]) to++
    bins.push(binOf(sorted, happened, from, to))
    from = to
  }
  return bins
}

function binOf(sorted: Float64Array, happened: Float64Array, from: number, to: number): CalibrationBin {
  const rows = to - from
  let sum = 0
  let count = 0
  let squares = 0
  for (let i = from; i < to; i++) {
    sum += sorted[i]!
    count += happened[i]!
    squares += (sorted[i]! - happened[i]!) ** 2
  }
  const [meanProbability, outcomeShare] = [sum / rows, count / rows]
  const spread = Math.max(0, squares / rows - (meanProbability - outcomeShare) ** 2)
  // A bin in which every row agrees has no spread to measure; one more row of each kind stands for what was not seen.
  const unseen = ((count + 1) / (rows + 2)) * (1 - (count + 1) / (rows + 2))
  const variance = count === 0 || count === rows ? Math.max(spread, unseen) : spread
  return { rows, meanProbability, outcomeShare, standardError: Math.sqrt(variance / rows) }
}

/** Mean of |X|, X normal with this mean and standard error. */
function foldedMean(mean: number, error: number): number {
  if (error === 0) return Math.abs(mean)
  const z = mean / error
  return error * Math.sqrt(2 / Math.PI) * Math.exp(-0.5 * z * z) + mean * (1 - 2 * normalCdf(-z))
}

/** Probabilities from low to high and their outcomes as 0 and 1, merged from the two classes sorted by themselves. */
function sortedPairs(probabilities: Float64Array, outcomes: Float64Array): readonly [Float64Array, Float64Array] {
  const happened = probabilities.filter((_, i) => outcomes[i] === 1).sort()
  const not = probabilities.filter((_, i) => outcomes[i] !== 1).sort()
  const sorted = new Float64Array(probabilities.length)
  const flags = new Float64Array(probabilities.length)
  for (let i = 0, p = 0, n = 0; i < sorted.length; i++) {
    const positive = n >= not.length || (p < happened.length && happened[p]! < not[n]!)
    sorted[i] = positive ? happened[p++]! : not[n++]!
    flags[i] = positive ? 1 : 0
  }
  return [sorted, flags]
}
