import { psiLaw } from '../../../../stats/null-law.ts'
import { psi } from '../../../../stats/psi.ts'
import { measureBins } from './binned-measure.ts'
import { ALL, defineDriftMeasure } from './contract.ts'

/** 0.1 is where credit scoring has long begun to look, 0.25 where it acts; on reference quantiles, with an empty bin floored. */
export const populationStabilityMeasure = defineDriftMeasure({
  id: 'population-stability-index',
  title: 'Population stability index',
  columns: ALL,
  unit: 'nats',
  effectFloor: 0.1,
  measure: (column) => measureBins(column, { distance: psi, law: psiLaw, powerOfW: 2 }),
  explain: (value) =>
    `the population stability index is ${value.toFixed(3)}, where 0.1 is a change worth a look and 0.25 a large one`,
})
