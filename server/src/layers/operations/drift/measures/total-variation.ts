import { pooledShares } from '../../../../stats/counts.ts'
import { totalVariationLaw } from '../../../../stats/null-law.ts'
import { totalVariation } from '../../../../stats/total-variation.ts'
import { measureBins, percent } from './binned-measure.ts'
import { ALL, defineDriftMeasure } from './contract.ts'

export const totalVariationMeasure = defineDriftMeasure({
  id: 'total-variation',
  title: 'Total variation distance',
  columns: ALL,
  unit: 'share of rows',
  effectFloor: 0.1,
  measure: (column) =>
    measureBins(column, { distance: totalVariation, law: ({ n, m }, pair) => totalVariationLaw(n, m, pooledShares(pair)) }),
  explain: (value) => `${percent(value)} of the rows moved to another bin`,
})
