import { setImmediate as turn } from 'node:timers/promises'
import { calendarMs, countPredictions, findPredictionRows, type PredictionRow } from './prediction.ts'
import { decodeRecords, isOutcomeRecord, type JournalRecord, type OutcomeRecord, type RecordGlance } from './record.ts'
import type { SegmentFile } from './segment-folder.ts'
import { createSegmentReport, readFrames, type SegmentReport } from './segment-reader.ts'

/** Records decoded before the event loop gets its turn: about a millisecond, because predictions are answered meanwhile. */
const RECORDS_PER_TURN = 256

export interface ReadOptions {
  /** Asked before a record is decoded. */
  readonly accepts?: (glance: RecordGlance) => boolean
  /** Only frames whose bytes hold this text. */
  readonly containing?: string
  readonly report?: SegmentReport
}

/** The records of a segment, in their order, some at a time, with a turn of the event loop in between. */
export async function* readRecords(file: string, options: ReadOptions = {}): AsyncGenerator<JournalRecord[]> {
  let batch: JournalRecord[] = []
  for await (const { payload } of readFrames(file, options.report ?? createSegmentReport())) {
    if (options.containing !== undefined && !payload.includes(options.containing)) continue
    for (const record of decodeRecords(payload, options.accepts)) {
      if (batch.push(record) < RECORDS_PER_TURN) continue
      yield batch
      batch = []
      await turn()
    }
  }
  if (batch.length > 0) yield batch
}

export interface PredictionFilter {
  readonly from: number
  readonly to: number
  readonly version?: number | undefined
}

const isWanted = (glance: RecordGlance, { from, to, version }: PredictionFilter): boolean => {
  const timeMs = calendarMs(glance.timeMs)
  return !glance.isOutcome && timeMs >= from && timeMs < to && (version === undefined || glance.version === version)
}

/** Predictions that are not in Parquet yet. A request that cannot be read is passed over. */
export async function* readPredictions(segment: SegmentFile, filter: PredictionFilter): AsyncGenerator<PredictionRow[]> {
  for await (const batch of readRecords(segment.path, { accepts: (glance) => isWanted(glance, filter) })) {
    yield batch.flatMap((record) => (isOutcomeRecord(record) ? [] : (findPredictionRows(record) ?? [])))
  }
}

/** How many predictions of a segment lie within the filter; the inputs are not read for it. */
export async function countSegment(segment: SegmentFile, filter: PredictionFilter): Promise<number> {
  let count = 0
  for await (const batch of readRecords(segment.path, { accepts: (glance) => isWanted(glance, filter) })) {
    for (const record of batch) if (!isOutcomeRecord(record)) count += countPredictions(record)
  }
  return count
}

export async function findInSegment(segment: SegmentFile, predictionId: string): Promise<PredictionRow | undefined> {
  for await (const batch of readRecords(segment.path, { containing: predictionId })) {
    for (const record of batch) {
      if (isOutcomeRecord(record) || !record.reply.includes(predictionId)) continue
      const found = findPredictionRows(record)?.find((row) => row.id === predictionId)
      if (found !== undefined) return found
    }
  }
  return undefined
}

export async function* readOutcomes(segment: SegmentFile): AsyncGenerator<OutcomeRecord[]> {
  for await (const batch of readRecords(segment.path)) yield batch.filter(isOutcomeRecord)
}

/** What a segment holds. */
export interface SegmentSummary {
  readonly predictions: number
  readonly outcomes: number
  readonly fromMs: number
  readonly toMs: number
  readonly versions: ReadonlyMap<number, number>
}

export async function summarise(segment: SegmentFile): Promise<SegmentSummary> {
  let [predictions, outcomes, fromMs, toMs] = [0, 0, Infinity, -Infinity]
  const versions = new Map<number, number>()
  for await (const batch of readRecords(segment.path)) {
    for (const record of batch) {
      if (isOutcomeRecord(record)) {
        outcomes++
        continue
      }
      const count = countPredictions(record)
      const timeMs = calendarMs(record.timeMs)
      predictions += count
      versions.set(record.version, (versions.get(record.version) ?? 0) + count)
      ;[fromMs, toMs] = [Math.min(fromMs, timeMs), Math.max(toMs, timeMs)]
    }
  }
  return { predictions, outcomes, fromMs, toMs, versions }
}
