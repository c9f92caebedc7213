import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { PredictionSink } from '../../serving/data-plane.ts'
import type { FilePort } from './file-port.ts'
import type { RecoveredSegment } from './recovery.ts'

export interface OutcomeReport {
  readonly predictionId: string
  readonly outcome: number | string | boolean
  /** When it was known, milliseconds since 1970. Default: now. */
  readonly observedAt?: number | undefined
}

/** Told about what the journal does; the telemetry of the process implements it. Called once per commit, not per record. */
export interface JournalMetrics {
  committed(facts: { readonly deployment: string; readonly records: number; readonly bytes: number; readonly ms: number }): void
  dropped(facts: { readonly deployment: string; readonly records: number }): void
  /** 1 while the journal cannot write, else 0. */
  degraded(value: 0 | 1): void
}

export interface JournalOptions {
  /** Folder of all journals; made when needed. */
  readonly folder: string
  /** interval: a crash loses at most syncMs and the commit under way. always: `accept` waits for the disk. */
  readonly sync: 'interval' | 'always'
  readonly syncMs: number
  readonly bufferBytesMax: number
  readonly segmentBytesMax: number
  readonly segmentMsMax: number
  /**
   * Size of one deployment's journal, as retention keeps it. Here only its hard cap is enforced: beyond twice this the
   * oldest sealed segments are deleted and said so, because a data plane may run where nobody compacts. Default: no cap.
   */
  readonly keepBytes?: number
  /** Deployments with an open segment at once; the one that is idle gives way. */
  readonly deploymentsMax?: number
  /** First and longest pause after a failed write, milliseconds; doubled each time. */
  readonly retryMsMin?: number
  readonly retryMsMax?: number
  readonly clock?: Clock
  readonly log?: Log
  readonly metrics?: JournalMetrics
  /** The disk; replaced only by tests that break it. */
  readonly files?: FilePort
}

export interface JournalHealth {
  readonly state: 'healthy' | 'degraded'
  /** What is wrong and what follows from it, when degraded. */
  readonly explanation?: string
  readonly accepted: number
  /** Records on the disk. */
  readonly stored: number
  /** Predictions that were answered and are lost to the journal, because the buffer was full. */
  readonly dropped: number
  /** Records that somebody waited for and who was told that they are not stored. */
  readonly refused: number
  readonly queued: number
  readonly bufferedBytes: number
}

export interface Journal extends PredictionSink {
  /**
   * Stores outcomes and returns when they are on the disk, whatever the sync mode. Throws OutcomesRefused,
   * JournalBusy, JournalUnavailable, JournalClosed. Sending one again is harmless.
   */
  recordOutcomes(deployment: string, outcomes: readonly OutcomeReport[]): Promise<void>
  /** Of one deployment, or of all. Cheap. */
  health(deployment?: string): JournalHealth
  /** Writes what waits now. Throws JournalUnavailable when the disk does not take it. */
  flush(): Promise<void>
  /** Closes the open segments, so that everything written so far can be compacted. */
  rotate(): Promise<void>
  /** What recovery found when this journal was created. */
  readonly recovered: Promise<readonly RecoveredSegment[]>
  /** Writes what waits, seals, and takes no more. */
  close(): Promise<void>
}
