/** Which of the two was right, on those predictions whose outcome is known. */
import { AppError } from '../../../kernel/errors.ts'
import type { Column, Table } from '../../../kernel/table.ts'
import type { OutputField } from '../../model/index.ts'
import { getFittingMetric, type OutcomePairing, pairOutcomes, pickPairs, type ScoredOutcomes } from '../../operations/index.ts'
import { comparePaired } from '../comparison/compare-paired.ts'
import type { QualityDifference } from './replay.ts'

const OUTCOME = 'outcome'
const METRICS: Readonly<Record<ScoredOutcomes['family'], readonly string[]>> = {
  binary: ['roc-auc', 'log-loss', 'brier-score'],
  multiclass: ['accuracy', 'f1'],
  regression: ['mae', 'rmse'],
}

export interface Outcomes {
  add(outcome: unknown): void
  known(): number
  column(): Column
}

/** Outcomes of predictions in their order: a number or truth value, a text, or undefined where none has come. */
export function createOutcomes(rowsMax: number): Outcomes {
  const numbers = new Float64Array(rowsMax).fill(Number.NaN)
  const codes = new Int32Array(rowsMax).fill(-1)
  const codeByText = new Map<string, number>()
  let [rows, known, hasText] = [0, 0, false]
  return Object.freeze<Outcomes>({
    add(outcome) {
      if (typeof outcome === 'string') hasText = true
      if (typeof outcome === 'number' || typeof outcome === 'boolean') numbers[rows] = Number(outcome)
      if (outcome !== undefined && outcome !== null) {
        known += 1
        const text = String(outcome)
        const code = codeByText.get(text) ?? codeByText.size
        codeByText.set(text, code)
        codes[rows] = code
      }
      rows += 1
    },
    known: () => known,
    column: () =>
      hasText
        ? { type: 'text', codes: codes.subarray(0, rows), dictionary: [...codeByText.keys()] }
        : { type: 'number', values: numbers.subarray(0, rows) },
  })
}

interface Given {
  readonly before: OutputField
  readonly after: OutputField
  readonly tables: { readonly was: Table; readonly is: Table }
  readonly outcomes: Outcomes
  /** Words of the contract; without any that fits, the usual ones. */
  readonly metrics: readonly string[]
  readonly signal: AbortSignal
}

/** Empty without outcomes, and where output and outcome cannot be held against each other. */
export async function compareOutcomes({ before, after, tables, outcomes, metrics, signal }: Given): Promise<QualityDifference[]> {
  if (outcomes.known() === 0) return []
  const data: Table = { rowCount: tables.was.rowCount, columns: new Map([[OUTCOME, outcomes.column()]]) }
  try {
    const [was, is] = bothSaid(pairOutcomes(before, tables.was, data, OUTCOME), pairOutcomes(after, tables.is, data, OUTCOME))
    const fitting = metrics.filter((metric) => isFitting(metric, was.family))
    const found: QualityDifference[] = []
    for (const metric of fitting.length > 0 ? fitting : METRICS[was.family]) {
      const { difference, ...none } = await comparePaired(was, is, metric, { signal })
      if (difference === undefined)
        found.push({ metric, rows: was.outcomes.length, ...('shortfall' in none ? { shortfall: none.shortfall! } : {}) })
      else {
        const { rows, champion, challenger, improvement } = difference
        found.push({ metric, rows, before: champion, after: challenger, improvement })
      }
    }
    return found
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [{ metric: 'quality', rows: outcomes.known(), shortfall: error.message }]
  }
}

function isFitting(metric: string, family: ScoredOutcomes['family']): boolean {
  try {
    return getFittingMetric(metric, family) !== undefined
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}

/** The same rows on both sides: those for which both versions said something. */
function bothSaid(was: OutcomePairing, is: OutcomePairing): [ScoredOutcomes, ScoredOutcomes] {
  const placeOf = new Map(Array.from(is.rows, (row, place) => [row, place]))
  const both = Array.from(was.rows, (row, place) => [place, placeOf.get(row)] as const).filter(([, other]) => other !== undefined)
  return [
    pickPairs(
      was.pairs,
      Int32Array.from(both, ([place]) => place),
    ),
    pickPairs(
      is.pairs,
      Int32Array.from(both, ([, place]) => place!),
    ),
  ]
}
