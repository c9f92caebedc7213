import { rowsOf } from '../../../../stats/counts.ts'
import { ksDistanceBinned } from '../../../../stats/ks-distance.ts'
import { kolmogorovLaw } from '../../../../stats/null-law.ts'
import { percent } from './binned-measure.ts'
import { defineDriftMeasure, ORDERED } from './contract.ts'

/**
 * On the bins, in their order: missing, infinite and wrongly typed rows stand before all numbers, so that more of them is a gap like
 * any other. Seen at twenty edges only, the largest gap is a little smaller than between single values, whose law is used: its
 * false alarms are fewer than asked for.
 */
export const kolmogorovSmirnovMeasure = defineDriftMeasure({
  id: 'kolmogorov-smirnov',
  title: 'Kolmogorov-Smirnov distance',
  columns: ORDERED,
  unit: 'share of rows',
  effectFloor: 0.1,
  measure(column) {
    const { n, m } = rowsOf(column)
    const lawAt = (rows: number) => kolmogorovLaw(n, rows)
    return { value: ksDistanceBinned(column), law: lawAt(m), lawAt, bins: column.bins.length }
  },
  explain: (value) => `${percent(value)} of the rows moved across one value`,
})
