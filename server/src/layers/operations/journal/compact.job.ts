import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.ts'
import { defineJob } from '../../../kernel/job.ts'
import type { Log } from '../../../kernel/log.ts'
import { compactJournal } from './compaction.ts'
import { retainJournal } from './retention.ts'
import { journalFolderOf, listJournalFolders } from './segment-folder.ts'
import type { SqlEngine } from '../../../platform/sql/sql-engine.ts'

export interface CompactServices {
  /** Folder of all journals. */
  readonly journalFolder: string
  readonly sqlEngine: SqlEngine
  readonly keepDays: number
  readonly keepBytes: number
  readonly clock: Clock
  readonly log: Log
}

/**
 * Turns sealed segments into Parquet and deletes what is too old or too much, for one deployment or all. Needs no
 * checkpoint: what is done is in the manifests, and running it again does only the rest.
 */
export const compactJob = defineJob<CompactServices>()({
  kind: 'journal.compact',
  input: z.strictObject({ deployment: z.string().min(1).max(200).optional() }),
  checkpoint: z.null(),
  attemptsMax: 5,
  async run({ input, signal, progress }, { journalFolder, sqlEngine, keepDays, keepBytes, clock, log }) {
    const journals =
      input.deployment === undefined
        ? await listJournalFolders(journalFolder)
        : [journalFolderOf(journalFolder, input.deployment)]
    const total = { journals: journals.length, segments: 0, predictions: 0, outcomes: 0, deletedFiles: 0, deletedBytes: 0 }
    for (const [done, journal] of journals.entries()) {
      signal.throwIfAborted()
      const note = (text: string) => progress({ done, total: journals.length, note: text })
      const onProgress = (at: { done: number; total: number; note: string }) =>
        note(`${at.note}: ${at.done} of ${at.total} segments`)
      const compacted = await compactJournal({ journal, engine: sqlEngine, clock, log, signal, onProgress })
      const retained = await retainJournal({ journal, keepDays, keepBytes, clock, log })
      total.segments += compacted.segments
      total.predictions += compacted.predictions
      total.outcomes += compacted.outcomes
      total.deletedFiles += retained.files
      total.deletedBytes += retained.bytes
    }
    await progress({ done: journals.length, total: journals.length })
    return total
  },
})
