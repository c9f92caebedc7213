/* Made by `npm run generate` from the files beside it. Do not edit. */
import { createCatalog } from '../../../../kernel/catalog.ts'
import { accuracyMetric } from './decisions.ts'
import { precisionMetric } from './decisions.ts'
import { recallMetric } from './decisions.ts'
import { f1Metric } from './decisions.ts'
import { balancedAccuracyMetric } from './decisions.ts'
import { rmseMetric } from './numbers.ts'
import { maeMetric } from './numbers.ts'
import { mapeMetric } from './numbers.ts'
import { r2Metric } from './numbers.ts'
import { logLossMetric } from './probabilities.ts'
import { brierScoreMetric } from './probabilities.ts'
import { calibrationErrorMetric } from './probabilities.ts'
import { rocAucMetric } from './ranking.ts'
import { prAucMetric } from './ranking.ts'

export const qualityMetrics = createCatalog('quality metric', [accuracyMetric, precisionMetric, recallMetric, f1Metric, balancedAccuracyMetric, rmseMetric, maeMetric, mapeMetric, r2Metric, logLossMetric, brierScoreMetric, calibrationErrorMetric, rocAucMetric, prAucMetric])
