import type { Estimate } from '../../../stats/estimate.ts'
import { qualityMetrics } from './metrics/catalog.gen.ts'
import { MetricUnfit, type QualityMetric, shortfallOf } from './metrics/contract.ts'
import type { OutputFamily, ScoredOutcomes } from './scored-outcomes.ts'

/** A metric over some rows: its estimate, or why these rows allow none. */
export type QualityMeasurement =
  | { readonly metric: QualityMetric; readonly estimate: Estimate; readonly shortfall?: undefined }
  | { readonly metric: QualityMetric; readonly estimate?: undefined; readonly shortfall: string }

/** The metric of this name, for outputs of this family. Throws PartUnknown, and MetricUnfit with those that fit. */
export function getFittingMetric(id: string, family: OutputFamily): QualityMetric {
  const metric = qualityMetrics.get(id)
  if (metric.families.includes(family)) return metric
  const fitting = qualityMetrics.all().filter(({ families }) => families.includes(family))
  throw new MetricUnfit({ metric: id, family, families: metric.families, fitting: fitting.map((part) => part.id).toSorted() })
}

/**
 * Measures one metric. Too few rows, or a class that is absent where both are needed, is a shortfall and no error: it is what
 * a small sample looks like. Throws PartUnknown and MetricUnfit.
 */
export function measureQuality(id: string, pairs: ScoredOutcomes, confidence: number): QualityMeasurement {
  const metric = getFittingMetric(id, pairs.family)
  const shortfall = shortfallOf(metric, pairs)
  if (shortfall !== undefined) return { metric, shortfall }
  try {
    const estimate = metric.estimate(pairs, confidence)
    if (!Number.isFinite(estimate.value)) return { metric, shortfall: `${id} has no value on these rows` }
    return { metric, estimate }
  } catch (error) {
    if (error instanceof Error && ['ONE_CLASS', 'EMPTY_SAMPLE'].includes(error.name)) return { metric, shortfall: error.message }
    throw error
  }
}
