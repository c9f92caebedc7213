/**
 * The journal as the data plane needs it: writing and recovery. Nothing here may pull in DuckDB, a database or a schema
 * library, because `seaworthy serve` must stand in half a second.
 */
export {
  createJournal,
  type Journal,
  type JournalHealth,
  type JournalMetrics,
  type JournalOptions,
  type OutcomeReport,
} from './journal/journal.ts'
export { JournalBusy, JournalClosed, JournalUnavailable, OutcomesRefused } from './journal/errors.ts'
