import { findPredictionRows, type PredictionRow } from './prediction.ts'
import { decodeRecords, isOutcomeRecord, type OutcomeRecord } from './record.ts'
import { type SegmentFile } from './segment-folder.ts'
import { readFrames } from './segment-reader.ts'

/** What a sealed segment holds, counted once. */
export interface SegmentSummary {
  readonly predictions: number
  readonly outcomes: number
  readonly fromMs: number
  readonly toMs: number
  readonly versions: ReadonlyMap<number, number>
}

/** Predictions of segments that are not in Parquet yet, in no order. A request that cannot be read is passed over. */
export async function* readPredictions(segment: SegmentFile): AsyncGenerator<PredictionRow> {
  for await (const { payload } of readFrames(segment.path)) {
    for (const record of decodeRecords(payload)) if (!isOutcomeRecord(record)) yield* findPredictionRows(record) ?? []
  }
}

export async function* readOutcomes(segment: SegmentFile): AsyncGenerator<OutcomeRecord> {
  for await (const { payload } of readFrames(segment.path)) {
    for (const record of decodeRecords(payload)) if (isOutcomeRecord(record)) yield record
  }
}

export async function summarise(segment: SegmentFile): Promise<SegmentSummary> {
  let [predictions, outcomes, fromMs, toMs] = [0, 0, Infinity, -Infinity]
  const versions = new Map<number, number>()
  if (segment.kind === 'outcomes') {
    for await (const outcome of readOutcomes(segment)) outcomes += outcome.predictionId === '' ? 0 : 1
    return { predictions, outcomes, fromMs, toMs, versions }
  }
  for await (const row of readPredictions(segment)) {
    predictions++
    fromMs = Math.min(fromMs, row.timeMs)
    toMs = Math.max(toMs, row.timeMs)
    versions.set(row.version, (versions.get(row.version) ?? 0) + 1)
  }
  return { predictions, outcomes, fromMs, toMs, versions }
}
