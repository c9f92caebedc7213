import { hellinger } from '../../../../stats/hellinger.ts'
import { hellingerLaw } from '../../../../stats/null-law.ts'
import { measureBins } from './binned-measure.ts'
import { ALL, defineDriftMeasure } from './contract.ts'

export const hellingerMeasure = defineDriftMeasure({
  id: 'hellinger',
  title: 'Hellinger distance',
  columns: ALL,
  unit: '0 to 1',
  effectFloor: 0.1,
  measure: (column) => measureBins(column, { distance: hellinger, law: hellingerLaw, powerOfW: 1 }),
  explain: (value) => `the Hellinger distance is ${value.toFixed(3)} of 1`,
})
