import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  rootMeanSquaredError,
  rSquared,
} from '../../../../stats/regression-error.ts'
import { defineQualityMetric } from './contract.ts'

export const rmseMetric = defineQualityMetric({
  id: 'rmse',
  title: 'Root mean squared error, in the unit of the outcome',
  better: 'lower',
  estimate: {
    regression: ({ predicted, outcomes }, confidence) => rootMeanSquaredError(predicted, outcomes, { confidence }),
  },
})

export const maeMetric = defineQualityMetric({
  id: 'mae',
  title: 'Mean absolute error, in the unit of the outcome',
  better: 'lower',
  estimate: { regression: ({ predicted, outcomes }, confidence) => meanAbsoluteError(predicted, outcomes, confidence) },
})

export const mapeMetric = defineQualityMetric({
  id: 'mape',
  title: 'Mean absolute error relative to the outcome',
  better: 'lower',
  estimate: {
    regression: ({ predicted, outcomes }, confidence) => meanAbsolutePercentageError(predicted, outcomes, { confidence }),
  },
})

export const r2Metric = defineQualityMetric({
  id: 'r2',
  title: "Share of the outcome's variance explained",
  better: 'higher',
  estimate: { regression: ({ predicted, outcomes }, confidence) => rSquared(predicted, outcomes, { confidence }) },
})
