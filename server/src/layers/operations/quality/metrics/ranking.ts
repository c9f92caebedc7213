import { averagePrecision } from '../../../../stats/average-precision.ts'
import { rocAuc } from '../../../../stats/roc-auc.ts'
import { defineQualityMetric } from './contract.ts'

export const rocAucMetric = defineQualityMetric({
  id: 'roc-auc',
  title: 'Area under the ROC curve',
  better: 'higher',
  estimate: { binary: ({ scores, outcomes }, confidence) => rocAuc(scores, outcomes, confidence) },
})

export const prAucMetric = defineQualityMetric({
  id: 'pr-auc',
  title: 'Area under the precision-recall curve (average precision)',
  better: 'higher',
  estimate: { binary: ({ scores, outcomes }, confidence) => averagePrecision(scores, outcomes, confidence) },
})
