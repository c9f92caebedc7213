import type { Instance } from '../../../kernel/table.ts'
import { wellFormedJson } from '../../../kernel/well-formed-json.ts'
import type { OutcomeRecord, RequestRecord } from './record.ts'

/** One prediction as the journal gives it back: one row of a request, with what really happened when that is known. */
export interface JournaledPrediction {
  readonly id: string
  readonly requestId: string
  readonly deployment: string
  readonly model: string
  readonly version: number
  readonly variant: string
  /** When the request arrived, milliseconds since 1970 in UTC. */
  readonly time: number
  readonly latencyMs: number
  readonly caller: string
  /** Which instance of the request, from 0. */
  readonly rowInRequest: number
  readonly inputs: Instance
  readonly output: unknown
  readonly flags?: unknown
  readonly outcome?: number | string | boolean
  readonly outcomeAt?: number
}

/** The rows of one request with their JSON texts, as Parquet keeps them. */
export interface PredictionRow extends Omit<RequestRecord, 'instances' | 'reply'> {
  readonly id: string
  readonly rowInRequest: number
  readonly inputs: string
  readonly output: string
  readonly flags: string | null
}

interface ReplyPrediction {
  readonly id?: unknown
  readonly output?: unknown
  readonly flags?: unknown
}

/** The predictions of one answered request, or undefined when its texts are not what a server writes. */
export function findPredictionRows(record: RequestRecord): PredictionRow[] | undefined {
  try {
    const { instances } = JSON.parse(record.instances) as { instances: unknown[] }
    const { predictions } = JSON.parse(record.reply) as { predictions: ReplyPrediction[] }
    const { requestId, model, version, variant, latencyMs, caller } = record
    const timeMs = calendarMs(record.timeMs)
    return predictions.map(({ id, output, flags }, rowInRequest) => {
      if (typeof id !== 'string') throw new TypeError('a prediction has no id')
      const inputs = jsonOf(instances[rowInRequest] ?? null)
      const texts = { inputs, output: jsonOf(output ?? null), flags: flags === undefined ? null : jsonOf(flags) }
      return { id, requestId, model, version, variant, timeMs, latencyMs, caller, rowInRequest, ...texts }
    })
  } catch {
    return undefined
  }
}

const jsonOf = (value: unknown) => wellFormedJson(JSON.stringify(value))

/** How many predictions a request made; 0 when its reply cannot be read. */
export function countPredictions({ reply }: RequestRecord): number {
  try {
    return (JSON.parse(reply) as { predictions: readonly unknown[] }).predictions.length
  } catch {
    return 0
  }
}

/** Last millisecond of the year 9999: what a column of time can show. */
const TIME_MS_MAX = 253_402_300_799_999

/** A time to the microsecond, as Parquet keeps it; 0 for one that no calendar has. */
export const calendarMs = (ms: number): number => (ms >= 0 && ms <= TIME_MS_MAX ? Math.round(ms * 1_000) / 1_000 : 0)

export function predictionOf(row: PredictionRow, deployment: string, outcome?: CurrentOutcome): JournaledPrediction {
  const { inputs, output, flags, timeMs, ...facts } = row
  return {
    ...facts,
    deployment,
    time: timeMs,
    inputs: JSON.parse(inputs) as Instance,
    output: JSON.parse(output) as unknown,
    ...(flags !== null && { flags: JSON.parse(flags) as unknown }),
    ...(outcome && { outcome: outcome.value, outcomeAt: outcome.observedAtMs }),
  }
}

export interface CurrentOutcome {
  readonly value: number | string | boolean
  readonly observedAtMs: number
}

/** Outcomes of one prediction in the order in which they were observed, a repetition of the same value left out. */
export function outcomeHistory(records: readonly OutcomeRecord[]): OutcomeRecord[] {
  const sorted = records.toSorted((a, b) => a.observedAtMs - b.observedAtMs || a.recordedAtMs - b.recordedAtMs)
  return sorted.filter((record, i) => i === 0 || record.outcome !== sorted[i - 1]!.outcome)
}

/** What counts as the outcome: the one observed last, and among equals recorded last. `observedAtMs` is when it first held. */
export function findCurrentOutcome(records: readonly OutcomeRecord[]): CurrentOutcome | undefined {
  const last = outcomeHistory(records).at(-1)
  return last && { value: JSON.parse(last.outcome) as CurrentOutcome['value'], observedAtMs: last.observedAtMs }
}
