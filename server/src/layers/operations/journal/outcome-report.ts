import { wellFormedJson } from '../../../kernel/well-formed-json.ts'
import { OutcomesRefused } from './errors.ts'
import type { OutcomeReport } from './journal-port.ts'
import type { OutcomeRecord } from './record.ts'

const OUTCOMES_MAX = 10_000
const OUTCOME_CHARACTERS_MAX = 10_000
const PREDICTION_ID_CHARACTERS_MAX = 64

/** The records of a call, to be stored all or none. Throws OutcomesRefused. */
export function outcomeRecordsOf(reports: readonly OutcomeReport[], nowMs: number): OutcomeRecord[] {
  if (reports.length > OUTCOMES_MAX) throw new OutcomesRefused({ reason: `${reports.length} came in one call` })
  return reports.map((report) => outcomeRecordOf(report, nowMs))
}

function outcomeRecordOf({ predictionId, outcome, observedAt }: OutcomeReport, nowMs: number): OutcomeRecord {
  if (predictionId.length === 0 || predictionId.length > PREDICTION_ID_CHARACTERS_MAX) {
    throw new OutcomesRefused({ reason: `"${predictionId.slice(0, 80)}" is no prediction id` })
  }
  const text = JSON.stringify(outcome)
  const isScalar = typeof outcome === 'number' ? Number.isFinite(outcome) : ['string', 'boolean'].includes(typeof outcome)
  if (!isScalar || text.length > OUTCOME_CHARACTERS_MAX) {
    throw new OutcomesRefused({ reason: `the outcome of "${predictionId}" is no number, truth value or short text` })
  }
  return { predictionId, outcome: wellFormedJson(text), observedAtMs: observedAt ?? nowMs, recordedAtMs: nowMs }
}
