/**
 * Has a column changed its unit? A feed that starts to send kilometres for miles looks like drift, and it is the one drift that
 * is repaired upstream and never by training anew. So the quantiles of a window are held against those of the reference, seen
 * through each known conversion.
 *
 * Two explanations compete. A conversion says exactly where the median and the spread are to be, but for a little drift of its
 * own and the noise of the samples. Drift says nothing exactly: median and spread have moved by an unknown amount, small ones
 * being more likely, large ones never excluded (Cauchy). The confidence is the probability of the conversions by Bayes' rule,
 * with the constants below:
 *
 *     location   u = (median of window - expected median) / (expected spread)
 *     scale      v = ln(spread of window / expected spread)
 *     shape      h = how far the tenths at both ends lie from where median and spread would put them
 *
 * A factor near 1 is close to ordinary drift and hardly ever certain; a factor of 1,000 that fits is. An ordinary rise by 61 %
 * of everything at once cannot be told from miles to kilometres, by anybody, from the numbers alone.
 */
import { EmptySample, NotANumber } from '../../../stats/errors.ts'
import { type UnitConversion, unitConversions } from '../../../stats/unit-conversions.ts'

/** Drift that a converted column may have of its own, in spreads. */
const SLACK = 0.03
/** Size of ordinary drift of the median, of the logarithm of the spread, and of the shape. */
const DRIFT_LOCATION = 0.5
const DRIFT_SCALE = 0.3
const DRIFT_SHAPE = 0.15
/** Share of sudden changes that are changes of a unit, before anything is known of this one. */
const PRIOR = 0.2
/** A conversion from the unit that the contract names is this many times as likely as another. */
const NAMED_UNIT_WEIGHT = 5
/** From here on a rescaling is reported. */
const RESCALING_CONFIDENCE_MIN = 0.8
/** A conversion that is at least this share as probable as the best one is named beside it. */
const ALTERNATIVE_SHARE = 0.02
/** Values on each side below which quantiles say too little. */
const COUNT_MIN = 50

/** Quantiles of one sample. */
export interface QuantileSample {
  readonly count: number
  /** Rising, from at most 0.1 to at least 0.9. */
  readonly probabilities: readonly number[]
  /** At the probabilities. */
  readonly quantiles: readonly number[]
}

export interface Rescaling {
  readonly conversion: UnitConversion
  /** Other conversions that fit about as well, such as grams for cents. */
  readonly alternatives: readonly UnitConversion[]
  /** Probability that it is this conversion or one of the alternatives, 0..1. */
  readonly confidence: number
  /** What is measured as the factor: spread of the window over spread of the reference. */
  readonly factorMeasured: number
  /** One sentence. */
  readonly explanation: string
}

/**
 * The conversion that explains the window, or undefined when drift does as well. `unit` is what the contract calls the unit.
 * A sample too small, or without spread, explains nothing. Throws EmptySample and NotANumber.
 */
export function findRescaling(reference: QuantileSample, window: QuantileSample, unit?: string): Rescaling | undefined {
  const [was, is] = [summaryOf('reference', reference), summaryOf('window', window)]
  if (was === undefined || is === undefined) return undefined
  const noise = 1 / reference.count + 1 / window.count
  const word = unit?.trim().toLowerCase()
  const weights = unitConversions.map(({ from }) => (word !== undefined && from.includes(word) ? NAMED_UNIT_WEIGHT : 1))
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0)
  const drift = Math.log(1 - PRIOR) + logDrift(was, is)
  const scores = unitConversions.map((conversion, i) => {
    const prior = (PRIOR * weights[i]!) / weightSum
    return { conversion, score: Math.log(prior) + logConversion(was, is, conversion, noise) }
  })
  const [best, ...others] = scores.toSorted((a, b) => b.score - a.score)
  const alike = others.filter(({ score }) => score > best!.score + Math.log(ALTERNATIVE_SHARE))
  const highest = Math.max(drift, best!.score)
  const sum = (of: readonly { score: number }[]) => of.reduce((total, { score }) => total + Math.exp(score - highest), 0)
  const confidence = sum([best!, ...alike]) / (sum(scores) + Math.exp(drift - highest))
  if (confidence < RESCALING_CONFIDENCE_MIN) return undefined
  const { conversion } = best!
  const alternatives = alike.map((found) => found.conversion)
  const factorMeasured = (is.spread / was.spread) * Math.sign(conversion.factor)
  return {
    conversion,
    alternatives,
    confidence,
    factorMeasured,
    explanation: explain(was, is, conversion, alternatives, factorMeasured),
  }
}

/** Median, distance of the quartiles, and the tenths at both ends in spreads from the median. */
interface Summary {
  readonly median: number
  readonly spread: number
  readonly low: number
  readonly high: number
}

function summaryOf(name: string, { count, probabilities, quantiles }: QuantileSample): Summary | undefined {
  if (quantiles.length === 0) throw new EmptySample({ name })
  const index = quantiles.findIndex((value) => !Number.isFinite(value))
  if (index >= 0) throw new NotANumber({ name, index })
  if (count < COUNT_MIN) return undefined
  const at = (p: number) => interpolated(probabilities, quantiles, p)
  const [median, spread] = [at(0.5), at(0.75) - at(0.25)]
  if (!(spread > 0)) return undefined
  return { median, spread, low: (median - at(0.1)) / spread, high: (at(0.9) - median) / spread }
}

function interpolated(probabilities: readonly number[], quantiles: readonly number[], p: number): number {
  const right = probabilities.findIndex((known) => known >= p)
  if (right < 0) return quantiles.at(-1)!
  if (right === 0 || probabilities[right] === p) return quantiles[right]!
  const share = (p - probabilities[right - 1]!) / (probabilities[right]! - probabilities[right - 1]!)
  return quantiles[right - 1]! + share * (quantiles[right]! - quantiles[right - 1]!)
}

/** Of the median of the window in spreads of the reference, the logarithm of its spread, and its shape. */
function logDrift(was: Summary, is: Summary): number {
  return (
    logCauchy((is.median - was.median) / was.spread, DRIFT_LOCATION) +
    logCauchy(Math.log(is.spread / was.spread), DRIFT_SCALE) +
    logNormal(shapeGap(was, is), DRIFT_SHAPE)
  )
}

function logConversion(was: Summary, is: Summary, { factor, offset }: UnitConversion, noise: number): number {
  const size = Math.abs(factor)
  const location = (is.median - (factor * was.median + offset)) / (size * was.spread)
  const scale = Math.log(is.spread / (size * was.spread))
  const seen = factor > 0 ? was : { ...was, low: was.high, high: was.low }
  // Variances of a median and of the logarithm of a quartile distance, in spreads, of about normal values: 0.86/n and 1.36/n.
  return (
    logNormal(location, Math.sqrt(SLACK ** 2 + 0.86 * noise)) -
    Math.log(size) +
    logNormal(scale, Math.sqrt(SLACK ** 2 + 1.36 * noise)) +
    logNormal(shapeGap(seen, is), Math.sqrt(SLACK ** 2 + 1.36 * noise))
  )
}

const shapeGap = (a: Summary, b: Summary): number => Math.hypot(a.low - b.low, a.high - b.high) / Math.SQRT2

const logNormal = (x: number, deviation: number): number =>
  -0.5 * (x / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI)
const logCauchy = (x: number, size: number): number => -Math.log(Math.PI * size * (1 + (x / size) ** 2))

function explain(
  was: Summary,
  is: Summary,
  { name, factor, offset }: UnitConversion,
  alternatives: readonly UnitConversion[],
  measured: number,
): string {
  const shown = (value: number) => String(Number(value.toPrecision(4)))
  const formula = `${shown(factor)}${offset === 0 ? '' : ` and ${offset > 0 ? 'plus' : 'minus'} ${shown(Math.abs(offset))}`}`
  const or = alternatives.length === 0 ? '' : `, or from ${alternatives.map((other) => other.name).join(', or from ')}`
  return (
    `The median went from ${shown(was.median)} to ${shown(is.median)} and the spread changed by ${shown(measured)}: ` +
    `as if the values were now converted from ${name} (times ${formula})${or}.`
  )
}
