/** The door of the operations layer for the control plane. The data plane enters by journal-plane.ts. */
export { createJournal } from './journal/journal.ts'
export type { Journal, JournalHealth, JournalMetrics, JournalOptions, OutcomeReport } from './journal/journal-port.ts'
export {
  CompactionRunning,
  CursorInvalid,
  JournalBusy,
  JournalClosed,
  JournalUnavailable,
  OutcomesRefused,
  PredictionNotFound,
} from './journal/errors.ts'
export { compactJob, type CompactServices } from './journal/compact.job.ts'
export { compactJournal, type CompactionOptions, type CompactionReport } from './journal/compaction.ts'
export { createJournalReader, type JournalPage, type JournalReader, type WindowQuery } from './journal/journal-reader.ts'
export type { JournalStats } from './journal/journal-stats.ts'
export type { JournaledPrediction } from './journal/prediction.ts'
export type { OutcomeRecord } from './journal/record.ts'
export { retainJournal, type RetentionOptions, type RetentionReport } from './journal/retention.ts'
export { journalFolderOf } from './journal/segment-folder.ts'
export { ColumnAbsent, OutcomeUnreadable } from './quality/errors.ts'
export { qualityMetrics } from './quality/metrics/catalog.gen.ts'
export { MetricUnfit, type QualityMetric } from './quality/metrics/contract.ts'
export { DECISION_THRESHOLD } from './quality/metrics/decisions.ts'
export { getFittingMetric, measureQuality, type QualityMeasurement } from './quality/quality.ts'
export {
  type OutcomePairing,
  type OutputFamily,
  type OutputShape,
  pairOutcomes,
  pickPairs,
  rowCountOf,
  type ScoredOutcomes,
} from './quality/scored-outcomes.ts'
