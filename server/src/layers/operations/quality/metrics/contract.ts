/**
 * One way to say how good predictions were, given what happened. A file beside this one that declares a metric makes it a word
 * of the contract (`sufficient.quality`, `sufficient.slices`), of monitoring and of comparisons.
 */
import { defineError } from '../../../../kernel/errors.ts'
import type { Estimate } from '../../../../stats/estimate.ts'
import { type OutputFamily, rowCountOf, type ScoredOutcomes } from '../scored-outcomes.ts'

export interface QualityMetric {
  /** The word in the contract. */
  readonly id: string
  readonly title: string
  readonly better: 'higher' | 'lower'
  readonly families: readonly OutputFamily[]
  /** Below this many rows no verdict is given, whatever the interval says: its formula does not hold there. */
  readonly rowsMin: number
  /** The same for the rows of the rarer outcome, where the metric looks at two. */
  readonly rareRowsMin: number
  /** Over more classes it is not measured. Without it any number will do. */
  readonly classesMax?: number
  /** The value with its interval. May be asked only for a family in `families`. */
  estimate(pairs: ScoredOutcomes, confidence: number): Estimate
}

/** A metric that does not fit what the model puts out. HTTP 422. */
export const MetricUnfit = defineError({
  code: 'METRIC_UNFIT',
  status: 422,
  message: (d: { metric: string; family: OutputFamily; families: readonly OutputFamily[]; fitting: readonly string[] }) =>
    `${d.metric} judges ${d.families.join(' or ')} outputs, and this model's is ${d.family}.`,
  hint: (d) => (d.fitting.length === 0 ? 'Ask for a metric of such outputs.' : `Use one of: ${d.fitting.join(', ')}.`),
})

/** Rows below which intervals that rest on the central limit theorem are not trusted. */
const ROWS_MIN = 100
/** Rows of the rarer outcome below which ranks and shares say little: the rule of ten events. */
const RARE_ROWS_MIN = 10

type Spec = Omit<QualityMetric, 'rowsMin' | 'rareRowsMin' | 'estimate'> & {
  readonly rowsMin?: number
  readonly rareRowsMin?: number
  readonly estimate: {
    readonly [F in OutputFamily]?: (pairs: Extract<ScoredOutcomes, { family: F }>, confidence: number) => Estimate
  }
}

/** Declares a metric by what it does for each family of outputs. */
export function defineQualityMetric(spec: Omit<Spec, 'families'>): QualityMetric {
  const families = Object.keys(spec.estimate) as OutputFamily[]
  return Object.freeze<QualityMetric>({
    ...spec,
    families,
    rowsMin: spec.rowsMin ?? ROWS_MIN,
    rareRowsMin: spec.rareRowsMin ?? RARE_ROWS_MIN,
    estimate(pairs, confidence) {
      const estimate = spec.estimate[pairs.family] as ((of: ScoredOutcomes, confidence: number) => Estimate) | undefined
      if (estimate === undefined) throw new MetricUnfit({ metric: spec.id, family: pairs.family, families, fitting: [] })
      return estimate(pairs, confidence)
    },
  })
}

/** Why these rows are too few for a verdict of this metric, or undefined when they are enough. */
export function shortfallOf(metric: QualityMetric, pairs: ScoredOutcomes): string | undefined {
  const rows = rowCountOf(pairs)
  if (rows < metric.rowsMin) return `${rows} rows with an outcome; ${metric.id} needs ${metric.rowsMin}`
  const { classesMax = Number.POSITIVE_INFINITY } = metric
  if (pairs.family === 'multiclass' && pairs.classes.length > classesMax)
    return `${pairs.classes.length} classes; ${metric.id} is measured over at most ${classesMax}`
  if (pairs.family !== 'binary' || metric.rareRowsMin === 0) return undefined
  let happened = 0
  for (let i = 0; i < rows; i++) happened += pairs.outcomes[i]!
  const rare = Math.min(happened, rows - happened)
  if (rare >= metric.rareRowsMin) return undefined
  return `${rare} rows ${happened <= rows - happened ? 'where it happened' : 'where it did not happen'}; ${metric.id} needs ${metric.rareRowsMin}`
}
