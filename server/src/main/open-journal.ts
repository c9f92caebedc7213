import type { Config } from '../config/config.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { createJournal, type Journal, type JournalMetrics } from '../layers/operations/journal-plane.ts'

type JournalConfig = Pick<
  Config,
  | 'SEAWORTHY_JOURNAL_SYNC'
  | 'SEAWORTHY_JOURNAL_SYNC_MS'
  | 'SEAWORTHY_JOURNAL_BUFFER_BYTES_MAX'
  | 'SEAWORTHY_JOURNAL_SEGMENT_BYTES_MAX'
  | 'SEAWORTHY_JOURNAL_SEGMENT_MS_MAX'
>

/** The journals below `folder`, by the settings, for `serve` and `start` alike. */
export const openJournal = (
  folder: string,
  config: JournalConfig,
  log: Log,
  more: { readonly metrics?: JournalMetrics; readonly keepBytes?: number; readonly clock?: Clock } = {},
): Journal =>
  createJournal({
    folder,
    sync: config.SEAWORTHY_JOURNAL_SYNC,
    syncMs: config.SEAWORTHY_JOURNAL_SYNC_MS,
    bufferBytesMax: config.SEAWORTHY_JOURNAL_BUFFER_BYTES_MAX,
    segmentBytesMax: config.SEAWORTHY_JOURNAL_SEGMENT_BYTES_MAX,
    segmentMsMax: config.SEAWORTHY_JOURNAL_SEGMENT_MS_MAX,
    log,
    ...more,
  })
