/**
 * From measured differences to a decision, in words. Three answers, because two would lie: promote, keep the champion, or not
 * enough data, with the number of rows that would settle it.
 *
 *              threshold
 *                  |  [---x---]     promote            every plausible improvement is enough
 *    [---x---]     |                keep               none is
 *              [---x---]            not enough data    or keep, when no number of rows that anybody waits for would settle it
 *
 * Several challengers are several chances for one to look good by luck, so with k of them each needs a confidence of
 * 1 - (1 - confidence)/k (Bonferroni), and the differences are to be measured with `confidenceOfEach`. Of those that pass, the
 * one with the largest improvement goes.
 */
import { count, shown } from '../gates/verdict.ts'
import type { PairedDifference, PairedMeasurement } from './compare-paired.ts'
import type { SliceComparison } from './compare-slices.ts'
import { type ComparisonRule, thresholdOf } from './comparison-rule.ts'

export type ComparisonVerdict = 'promote' | 'keep' | 'not-enough-data'

/** A challenger as it was measured. */
export interface MeasuredChallenger {
  /** `flight-delay@7 (warm)`. */
  readonly name: string
  /** By the metric that decides, with `confidenceOfEach`. */
  readonly decisive: PairedMeasurement
  /** By other metrics: reported, and no part of the decision. */
  readonly others?: readonly PairedMeasurement[]
  /** Harm in a slice keeps the champion. */
  readonly slices?: SliceComparison
}

export interface JudgedChallenger {
  readonly name: string
  readonly verdict: ComparisonVerdict
  /** Sentences with the numbers. */
  readonly reasons: readonly string[]
}

export interface ComparisonDecision {
  readonly verdict: ComparisonVerdict
  /** Who is to be promoted. */
  readonly winner?: string
  /** One sentence. */
  readonly summary: string
  readonly challengers: readonly JudgedChallenger[]
}

/** More rows than this many times those at hand nobody waits for: the two are as good as alike. */
const MORE_ROWS_FACTOR_MAX = 10
/** Slices that a reason names. */
const NAMED_MAX = 3

/** The confidence of each interval when so many challengers are compared. */
export const confidenceOfEach = ({ confidence }: ComparisonRule, challengers: number): number =>
  1 - (1 - confidence) / Math.max(1, challengers)

/** Decides among one challenger or several, each measured against the same champion on the same rows. */
export function decide(rule: ComparisonRule, measured: readonly MeasuredChallenger[]): ComparisonDecision {
  const challengers = measured.map((challenger) => judge(rule, challenger, confidenceOfEach(rule, measured.length)))
  const passing = measured.filter((_, i) => challengers[i]!.verdict === 'promote')
  const [best] = passing.toSorted((a, b) => improvementOf(b) - improvementOf(a))
  if (best !== undefined) {
    const beaten = passing.length > 1 ? `, the best of ${passing.length} that may` : ''
    return { verdict: 'promote', winner: best.name, summary: `Promote ${best.name}${beaten}.`, challengers }
  }
  const isOpen = challengers.some(({ verdict }) => verdict === 'not-enough-data')
  if (isOpen)
    return { verdict: 'not-enough-data', summary: 'These rows do not settle it; the champion stays for now.', challengers }
  return { verdict: 'keep', summary: 'Keep the champion.', challengers }
}

const improvementOf = ({ decisive }: MeasuredChallenger): number =>
  decisive.difference?.improvement.value ?? Number.NEGATIVE_INFINITY

function judge(
  rule: ComparisonRule,
  { name, decisive, others = [], slices }: MeasuredChallenger,
  confidence: number,
): JudgedChallenger {
  const { difference } = decisive
  if (difference === undefined)
    return { name, verdict: 'not-enough-data', reasons: [`${name} cannot be judged: ${decisive.shortfall}.`] }
  if (difference.improvement.confidence < confidence - 1e-9)
    throw new Error(`${name} was measured at ${difference.improvement.confidence}, and ${confidence} is needed.`)
  const { verdict, reason } = judgeDifference(rule, name, difference)
  const harmed = slices?.slices.filter(({ isHarmed }) => isHarmed) ?? []
  const asides = [
    ...others.flatMap(asideOf),
    ...(slices === undefined || slices.unjudged === 0 ? [] : [unjudgedOf(slices.unjudged)]),
  ]
  if (harmed.length === 0) return { name, verdict, reasons: [reason, ...asides] }
  const named = harmed.slice(0, NAMED_MAX).map(({ label, difference, pAdjusted }) => {
    const { challenger, champion, rows } = difference
    return `${label} (${shown(challenger)} against ${shown(champion)} on ${count(rows)} rows, adjusted p ${shown(pAdjusted)})`
  })
  const more = harmed.length > NAMED_MAX ? ` and ${harmed.length - NAMED_MAX} more` : ''
  return { name, verdict: 'keep', reasons: [reason, `But it is worse where ${named.join('; ')}${more}.`, ...asides] }
}

function judgeDifference(
  rule: ComparisonRule,
  name: string,
  difference: PairedDifference,
): { verdict: ComparisonVerdict; reason: string } {
  const { metric, rows, champion, challenger, improvement } = difference
  const { value, low, high, confidence } = improvement
  const threshold = thresholdOf(rule, champion)
  const way = value >= 0 ? 'better' : 'worse'
  const measured =
    `${name} has ${metric.id} ${shown(challenger)} against ${shown(champion)} of the champion on ${count(rows)} rows, ${way} by ` +
    `${shown(Math.abs(value))}; an improvement of ${shown(low)} to ${shown(high)} is plausible at ${shown(confidence * 100)} %`
  const wanted = `above ${shown(threshold)}`
  if (low > threshold) return { verdict: 'promote', reason: `${measured}, all of it ${wanted}.` }
  if (high <= threshold) return { verdict: 'keep', reason: `${measured}, none of it ${wanted}.` }
  const reach = value > threshold ? value - low : high - value
  const factor = (reach / (value - threshold)) ** 2
  if (!(factor <= MORE_ROWS_FACTOR_MAX))
    return {
      verdict: 'keep',
      reason: `${measured}: too near ${shown(threshold)} for any number of rows that would be worth waiting for.`,
    }
  return {
    verdict: 'not-enough-data',
    reason: `${measured}, and it should be ${wanted}. About ${count(Math.ceil(factor * rows))} rows would settle it.`,
  }
}

/** Another metric that surely fell, as a sentence. */
function asideOf({ difference }: PairedMeasurement): string[] {
  if (difference === undefined || difference.improvement.high >= 0) return []
  const { metric, challenger, champion } = difference
  return [`Note that ${metric.id} is worse: ${shown(challenger)} against ${shown(champion)}.`]
}

const unjudgedOf = (slices: number): string => `${count(slices)} slices have too few rows to be compared.`
