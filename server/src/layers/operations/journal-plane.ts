/**
 * The journal as the data plane needs it: writing and recovery. Nothing here may pull in DuckDB, a database or a schema
 * library, because `seaworthy serve` must stand in half a second.
 */
export { createJournal } from './journal/journal.ts'
export type { Journal, JournalHealth, JournalMetrics, JournalOptions, OutcomeReport } from './journal/journal-port.ts'
export { JournalBusy, JournalClosed, JournalUnavailable, OutcomesRefused } from './journal/errors.ts'
