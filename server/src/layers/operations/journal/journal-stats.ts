import type { JournalView } from './journal-view.ts'
import { bytesOf } from './segment-folder.ts'
import { type SegmentSummary, summarise } from './uncompacted.ts'

const SUMMARIES_MAX = 4_096

export interface JournalStats {
  readonly predictions: number
  /** Outcomes recorded, corrections and not yet collapsed repetitions included. */
  readonly outcomes: number
  readonly bytes: number
  /** Time of the first and the last prediction, milliseconds since 1970. */
  readonly from?: number
  readonly to?: number
  readonly versions: readonly { readonly version: number; readonly predictions: number }[]
  readonly uncompactedSegments: number
}
/** Counts a journal: Parquet by the manifest alone, segments by reading them, the sealed ones once. */
export async function statsOf(view: JournalView, summaries: Map<string, SegmentSummary>): Promise<JournalStats> {
  const versions = new Map<number, number>()
  let [predictions, outcomes, bytes, from, to] = [0, 0, 0, Infinity, -Infinity]
  const add = (version: number, count: number) => void versions.set(version, (versions.get(version) ?? 0) + count)
  for (const file of view.files) {
    bytes += file.bytes
    if (file.kind === 'outcomes') {
      outcomes += file.rows
      continue
    }
    predictions += file.rows
    ;[from, to] = [Math.min(from, file.fromMs), Math.max(to, file.toMs)]
    for (const each of file.versions) add(each.version, each.predictions)
  }
  for (const segment of view.segments) {
    const summary = summaries.get(segment.path) ?? (await summarise(segment))
    if (segment.state === 'sealed') summaries.set(segment.path, summary)
    if (summaries.size > SUMMARIES_MAX) summaries.clear()
    bytes += await bytesOf(segment.path)
    predictions += summary.predictions
    outcomes += summary.outcomes
    ;[from, to] = [Math.min(from, summary.fromMs), Math.max(to, summary.toMs)]
    for (const [version, count] of summary.versions) add(version, count)
  }
  return {
    predictions,
    outcomes,
    bytes,
    ...(predictions > 0 && { from, to }),
    versions: [...versions]
      .map(([version, count]) => ({ version, predictions: count }))
      .toSorted((a, b) => a.version - b.version),
    uncompactedSegments: view.segments.length,
  }
}
