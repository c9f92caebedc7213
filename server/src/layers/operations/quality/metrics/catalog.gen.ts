/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../../kernel/catalog.ts'
import { accuracyMetric, precisionMetric, recallMetric, f1Metric, balancedAccuracyMetric } from './decisions.ts'
import { rmseMetric, maeMetric, mapeMetric, r2Metric } from './numbers.ts'
import { logLossMetric, brierScoreMetric, calibrationErrorMetric } from './probabilities.ts'
import { rocAucMetric, prAucMetric } from './ranking.ts'

export const qualityMetrics = createCatalog('quality metric', [accuracyMetric, precisionMetric, recallMetric, f1Metric, balancedAccuracyMetric, rmseMetric, maeMetric, mapeMetric, r2Metric, logLossMetric, brierScoreMetric, calibrationErrorMetric, rocAucMetric, prAucMetric])
