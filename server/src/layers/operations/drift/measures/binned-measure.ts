import { chiSquareContingency } from '../../../../stats/chi-square-contingency.ts'
import { type BinnedPair, rowsOf } from '../../../../stats/counts.ts'
import { cohensWLaw, type NullLaw, type Sizes } from '../../../../stats/null-law.ts'
import type { ComparedColumn } from '../../profile/compare-profiles.ts'
import { allowForTheUnseen, filledBinsAt, poolSparseBins } from '../pool-sparse-bins.ts'
import type { Measured } from './contract.ts'

/** Rows that any bin counts as expecting, so that one row where none was expected does not decide. */
const EXPECTED_ROWS_LEAST = 1

interface BinnedMeasure {
  readonly distance: (pair: BinnedPair) => number
  readonly law: (sizes: Sizes, pair: BinnedPair) => NullLaw
  /**
   * Given for a measure whose value grows as this power of Cohen's w. Then Pearson's test says what is chance: its law holds from
   * five rows a bin (bench/false-alarms.ts), where logarithms and roots make the tails of the others too long.
   */
  readonly powerOfW?: 1 | 2
}

/** A measure that looks at shares of bins and not at their order, on bins that are filled enough for its law. */
export function measureBins(column: ComparedColumn, { distance, law, powerOfW }: BinnedMeasure): Measured {
  const hasUnlisted = powerOfW === undefined && column.family === 'values'
  const pooled = hasUnlisted ? poolSparseBins(column, allowForTheUnseen(column)) : poolSparseBins(column)
  const { n, m } = rowsOf(pooled)
  const bins = pooled.reference.length
  const value = distance(pooled)
  const lawAt = (rows: number) => law({ n, m: rows, bins: Math.max(bins, filledBinsAt(column, rows)) }, pooled)
  const own = law({ n, m, bins }, pooled)
  if (powerOfW === undefined || value === 0) return { value, law: own, lawAt, bins }
  const pearson = poolSparseBins(column, allowForTheUnseen(column))
  const { effect, degrees } = chiSquareContingency(pearson, EXPECTED_ROWS_LEAST)
  if (effect === 0) return { value, law: own, lawAt, bins }
  const byPearson = pearsonLaw(cohensWLaw({ n, m, bins: degrees + 1 }), { value, effect, powerOfW })
  return { value, law: byPearson, lawAt, bins }
}

/** Pearson's law in the unit of a measure, by where both stand on this very pair. */
function pearsonLaw(law: NullLaw, at: { value: number; effect: number; powerOfW: 1 | 2 }): NullLaw {
  return {
    quantile: (tail) => at.value * (law.quantile(tail) / at.effect) ** at.powerOfW,
    tail: (value) => law.tail(at.effect * (Math.max(0, value) / at.value) ** (1 / at.powerOfW)),
  }
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
