/**
 * What the contract asks of a challenger (`maintenance.compare.require`), read from its words:
 *
 *     better-with-95%-confidence              its whole interval of improvement lies above 0
 *     better-by-0.01-with-95%-confidence      above 0.01, in the unit of the metric
 *     not-worse-with-95%-confidence           above -1 % of what the champion has
 *     not-worse-by-0.01-with-95%-confidence   above -0.01
 *
 * Never being worse at all cannot be shown with any number of rows, so not-worse needs a loss that would not matter (the margin
 * of a non-inferiority test). Intervals are two-sided, as everywhere: at 95 % a challenger that is exactly as good is found
 * better 1 time in 40.
 */
import { ComparisonRuleInvalid } from './errors.ts'

export interface ComparisonRule {
  readonly kind: 'better' | 'not-worse'
  /** 0 or more, in the unit of the metric; absent when the rule names none. */
  readonly margin?: number
  /** 0.5..0.9999 */
  readonly confidence: number
}

/** Loss that does not matter when the rule names none, as a share of the champion's metric. Shown with the decision. */
const MARGIN_SHARE = 0.01

const WORDS = /^(better|not-worse)(?:-by-(\d+(?:\.\d+)?))?-with-(\d{2}(?:\.\d{1,2})?)%-confidence$/

/** Throws ComparisonRuleInvalid. */
export function parseComparisonRule(text: string): ComparisonRule {
  const [, kind, margin, percent] = WORDS.exec(text.trim()) ?? []
  const confidence = Number(percent) / 100
  if (kind === undefined || !(confidence >= 0.5 && confidence <= 0.9999))
    throw new ComparisonRuleInvalid({ rule: text.slice(0, 200) })
  return { kind: kind as ComparisonRule['kind'], confidence, ...(margin === undefined ? {} : { margin: Number(margin) }) }
}

/** The improvement that must be exceeded, in the unit of the metric. */
export function thresholdOf({ kind, margin }: ComparisonRule, championValue: number): number {
  if (kind === 'better') return margin ?? 0
  return -(margin ?? MARGIN_SHARE * Math.abs(championValue))
}
