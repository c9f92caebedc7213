import { chiSquareContingency } from '../../../../stats/chi-square-contingency.ts'
import { cohensWLaw } from '../../../../stats/null-law.ts'
import { measureBins } from './binned-measure.ts'
import { ALL, defineDriftMeasure } from './contract.ts'

/** The value is Cohen's w, which has no sample size in it; its law makes it the test of Pearson. */
export const chiSquareMeasure = defineDriftMeasure({
  id: 'chi-square',
  title: "Chi-square test, by Cohen's w",
  columns: ALL,
  unit: "Cohen's w",
  effectFloor: 0.3,
  measure: (column) =>
    measureBins(column, { distance: (pair) => chiSquareContingency(pair).effect, law: cohensWLaw, powerOfW: 1 }),
  explain: (value) => `Cohen's w is ${value.toFixed(3)}, where 0.1 is called small, 0.3 medium and 0.5 large`,
})
