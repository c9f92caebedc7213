/**
 * Is it good enough, on data it has not seen? Each metric of `sufficient.quality` (calibration is one of them) is measured here
 * with its interval, whatever the training said, and judged by the whole interval; see verdict.ts.
 */
import { measureQuality } from '../../operations/index.ts'
import type { GateResult } from '../check/check.ts'
import { CONFIDENCE, defineGate, type Evaluation } from './contract.ts'
import { boundOf, count, judge, numbersOf } from './verdict.ts'

export const qualityGate = defineGate({
  id: 'quality',
  title: 'Quality on the evaluation snapshot',
  needs: 'outcomes',
  applies: ({ sufficient }) => Object.keys(sufficient.quality).length > 0,
  async measure({ contract, evaluation, note }) {
    const pairing = pairingOf(evaluation)
    const results: GateResult[] = []
    for (const [metric, bound] of Object.entries(contract.sufficient.quality)) {
      await note(`quality: ${metric}`)
      const head = { gate: 'quality', path: `sufficient.quality.${metric}`, measured: metric, bound: boundOf(bound) }
      const { estimate, shortfall } = measureQuality(metric, pairing.pairs, CONFIDENCE)
      if (estimate === undefined)
        results.push({ ...head, verdict: 'not-enough-data', rows: pairing.rows.length, explanation: `${shortfall}.` })
      else {
        const { verdict, explanation } = judge(estimate, bound)
        results.push({ ...head, ...numbersOf(estimate), verdict, explanation: explanation + leftOut(pairing.rowsWithoutOutcome) })
      }
    }
    return [...results, ...silent(pairing)]
  },
})

/** The outcomes beside the predictions. A check brings them to every gate that needs outcomes. */
export function pairingOf(evaluation: Evaluation | undefined): NonNullable<Evaluation['pairing']> {
  if (evaluation?.pairing === undefined) throw new Error('A gate that needs outcomes was run without them.')
  return evaluation.pairing
}

const leftOut = (rows: number) => (rows === 0 ? '' : ` ${count(rows)} rows without an outcome were left out.`)

/** Metrics are over rows that have a prediction, so a model that gives none for some would look better than it is. */
function silent({ rows, rowsWithoutPrediction }: NonNullable<Evaluation['pairing']>): GateResult[] {
  if (rowsWithoutPrediction === 0) return []
  const total = rows.length + rowsWithoutPrediction
  return [
    {
      gate: 'quality',
      path: 'sufficient.quality',
      measured: 'rows without a prediction',
      verdict: 'fail',
      value: rowsWithoutPrediction,
      bound: { max: 0 },
      rows: total,
      explanation: `The model gave no number for ${count(rowsWithoutPrediction)} of ${count(total)} rows.`,
    },
  ]
}
