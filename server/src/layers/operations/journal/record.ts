/**
 * Records inside a frame. One record is one answered request, or one outcome.
 *
 *     record    bytes u32 of what follows | kind u8 | numbers | texts
 *     kind 1, prediction   numbers: time f64 ms, latency f64 ms, version u32
 *                          texts:   request id, deployment's model, variant, caller, instances, reply
 *     kind 2, outcome      numbers: observed f64 ms, recorded f64 ms
 *                          texts:   prediction id, outcome
 *     text      bytes u32 | UTF-8
 *
 * The texts of a prediction are the ones that crossed the wire: nothing is serialised a second time, and a replay starts
 * from exactly what was asked. A reader skips a kind that it does not know by the record's length.
 */
import type { ServedRequest } from '../../serving/data-plane.ts'
import { PAYLOAD_BYTES_MAX } from './frame.ts'

export const PREDICTION = 1
export const OUTCOME = 2
/** Numbers and lengths of one record, bytes, rounded up. */
const RECORD_OVERHEAD_BYTES = 64
/** Bytes of UTF-8 that a character of a JavaScript string takes at most. */
const CHARACTER_BYTES_MAX = 3

export type RequestRecord = Omit<ServedRequest, 'deployment'>

/** What really happened, as it is stored: `outcome` is JSON text of a number, a text or a truth value. */
export interface OutcomeRecord {
  readonly predictionId: string
  readonly outcome: string
  /** When it was known, and when this journal was told; milliseconds since 1970. */
  readonly observedAtMs: number
  readonly recordedAtMs: number
}
export type JournalRecord = RequestRecord | OutcomeRecord

export const isOutcomeRecord = (record: JournalRecord): record is OutcomeRecord => 'predictionId' in record

/** Characters a record holds, found without a look at them: what decides whether it can be stored at all. */
export function weightOf(record: JournalRecord): number {
  return isOutcomeRecord(record)
    ? RECORD_OVERHEAD_BYTES + record.predictionId.length + record.outcome.length
    : RECORD_OVERHEAD_BYTES +
        record.instances.length +
        record.reply.length +
        record.caller.length +
        record.requestId.length +
        record.model.length +
        record.variant.length
}

/** Bytes a record takes when it is stored, or a few more. Reads its texts, so it is asked for only where the weight leaves doubt. */
export function bytesOfRecord(record: JournalRecord): number {
  const texts = isOutcomeRecord(record)
    ? [record.predictionId, record.outcome]
    : [record.instances, record.reply, record.caller, record.requestId, record.model, record.variant]
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), RECORD_OVERHEAD_BYTES)
}

/** Whether a record fits into so many bytes. */
export const fitsInto = (record: JournalRecord, bytes: number): boolean =>
  weightOf(record) * CHARACTER_BYTES_MAX <= bytes || bytesOfRecord(record) <= bytes

/** A record heavier than this cannot be stored. */
export const RECORD_WEIGHT_MAX = Math.floor(PAYLOAD_BYTES_MAX / CHARACTER_BYTES_MAX)

/** What can be told about a record before its texts are decoded. `timeMs` is when it was served, or recorded. */
export interface RecordGlance {
  readonly isOutcome: boolean
  readonly timeMs: number
  /** 0 for an outcome. */
  readonly version: number
}

/**
 * The records of one payload whose checksum was right, those only that `accepts` wants. Stops, and never throws, where
 * the bytes make no sense.
 */
export function* decodeRecords(payload: Buffer, accepts?: (glance: RecordGlance) => boolean): Generator<JournalRecord> {
  for (let at = 0; at + 5 <= payload.byteLength;) {
    const end = at + 4 + payload.readUInt32LE(at)
    if (end > payload.byteLength) return
    const bytes = payload.subarray(at + 4, end)
    const glance = glanceAt(bytes)
    const record = glance && (accepts === undefined || accepts(glance)) ? decodeRecord(bytes, glance) : undefined
    if (record !== undefined) yield record
    at = end
  }
}

/** Undefined for a kind that this version does not know. */
function glanceAt(bytes: Buffer): RecordGlance | undefined {
  const kind = bytes[0]
  if (kind === OUTCOME && bytes.byteLength >= 17) return { isOutcome: true, timeMs: bytes.readDoubleLE(9), version: 0 }
  if (kind !== PREDICTION || bytes.byteLength < 21) return undefined
  return { isOutcome: false, timeMs: bytes.readDoubleLE(1), version: bytes.readUInt32LE(17) }
}

function decodeRecord(bytes: Buffer, { isOutcome, timeMs, version }: RecordGlance): JournalRecord | undefined {
  if (isOutcome) {
    const [predictionId, outcome] = decodeTexts(bytes, 17)
    if (predictionId === undefined || outcome === undefined) return undefined
    return { predictionId, outcome, observedAtMs: bytes.readDoubleLE(1), recordedAtMs: timeMs }
  }
  const [requestId, model, variant, caller, instances, reply] = decodeTexts(bytes, 21)
  if (requestId === undefined || model === undefined || variant === undefined || caller === undefined) return undefined
  if (instances === undefined || reply === undefined) return undefined
  return { requestId, model, version, variant, timeMs, latencyMs: bytes.readDoubleLE(9), caller, instances, reply }
}

function decodeTexts(bytes: Buffer, from: number): string[] {
  const texts: string[] = []
  for (let at = from; at + 4 <= bytes.byteLength;) {
    const end = at + 4 + bytes.readUInt32LE(at)
    if (end > bytes.byteLength) break
    texts.push(bytes.toString('utf8', at + 4, end))
    at = end
  }
  return texts
}
