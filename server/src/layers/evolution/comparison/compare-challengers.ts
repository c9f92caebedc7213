/**
 * The whole comparison: every challenger against the champion on the same rows, by the metric that decides, by the others, and
 * slice by slice; then the decision.
 */
import type { ScoredOutcomes } from '../../operations/index.ts'
import { comparePaired, type ComparisonOptions, type PairedMeasurement } from './compare-paired.ts'
import { compareSlices } from './compare-slices.ts'
import type { ComparisonRule } from './comparison-rule.ts'
import { type ComparisonDecision, confidenceOfEach, decide, type MeasuredChallenger } from './decide.ts'

export interface ComparisonRequest {
  readonly rule: ComparisonRule
  /** What each version said of the same rows, with their outcomes. */
  readonly champion: ScoredOutcomes
  readonly challengers: readonly { readonly name: string; readonly pairs: ScoredOutcomes }[]
  /** The first decides. At least one. */
  readonly metrics: readonly string[]
  /** `places` are positions among the pairs. */
  readonly slices?: readonly { readonly label: string; readonly places: Int32Array }[]
}

export interface Comparison {
  readonly decision: ComparisonDecision
  readonly measured: readonly MeasuredChallenger[]
}

/** Throws ComparisonUnpaired, PartUnknown, MetricUnfit, and the signal's reason. */
export async function compareChallengers(
  { rule, champion, challengers, metrics, slices = [] }: ComparisonRequest,
  options: Omit<ComparisonOptions, 'confidence'> = {},
): Promise<Comparison> {
  const [deciding, ...others] = metrics
  if (deciding === undefined) throw new Error('A comparison needs a metric.')
  const settings = { ...options, confidence: confidenceOfEach(rule, challengers.length) }
  const measured: MeasuredChallenger[] = []
  for (const { name, pairs } of challengers) {
    const decisive = await comparePaired(champion, pairs, deciding, settings)
    const beside: PairedMeasurement[] = []
    for (const metric of others) beside.push(await comparePaired(champion, pairs, metric, settings))
    const bySlice = slices.length === 0 ? {} : { slices: await compareSlices(champion, pairs, deciding, slices, settings) }
    measured.push({ name, decisive, others: beside, ...bySlice })
  }
  return { decision: decide(rule, measured), measured }
}
