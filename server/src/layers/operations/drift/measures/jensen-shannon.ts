import { jensenShannonDistance } from '../../../../stats/jensen-shannon.ts'
import { jensenShannonLaw } from '../../../../stats/null-law.ts'
import { measureBins } from './binned-measure.ts'
import { ALL, defineDriftMeasure } from './contract.ts'

export const jensenShannonMeasure = defineDriftMeasure({
  id: 'jensen-shannon',
  title: 'Jensen-Shannon distance',
  columns: ALL,
  unit: '0 to 1, base 2',
  effectFloor: 0.1,
  measure: (column) => measureBins(column, { distance: jensenShannonDistance, law: jensenShannonLaw, powerOfW: 1 }),
  explain: (value) => `the Jensen-Shannon distance is ${value.toFixed(3)} of 1`,
})
