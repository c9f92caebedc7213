/** What the control plane tells Prometheus about itself; the data plane counts for itself, on the request path. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  readonly jobsFinished: Counter<'kind' | 'state'>
  readonly journalRecords: Counter<'deployment'>
  readonly journalBytes: Counter<'deployment'>
  readonly journalDropped: Counter<'deployment'>
  readonly journalDegraded: Gauge
  readonly journalCommitSeconds: Histogram
  readonly alertsEnded: Counter<'channel' | 'end'>
  /** Prometheus text format. */
  text(): Promise<string>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return Object.freeze<Metrics>({
    jobsFinished: new Counter({
      name: 'seaworthy_jobs_finished_total',
      help: 'Jobs ended, by kind and end.',
      labelNames: ['kind', 'state'],
      registers,
    }),
    journalRecords: new Counter({
      name: 'seaworthy_journal_records_total',
      help: 'Records on disk.',
      labelNames: ['deployment'],
      registers,
    }),
    journalBytes: new Counter({
      name: 'seaworthy_journal_bytes_total',
      help: 'Bytes written to the journal.',
      labelNames: ['deployment'],
      registers,
    }),
    journalDropped: new Counter({
      name: 'seaworthy_journal_dropped_total',
      help: 'Answered predictions that the journal lost.',
      labelNames: ['deployment'],
      registers,
    }),
    journalDegraded: new Gauge({ name: 'seaworthy_journal_degraded', help: '1 while the journal cannot write.', registers }),
    journalCommitSeconds: new Histogram({
      name: 'seaworthy_journal_commit_seconds',
      help: 'Time of a group commit.',
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
      registers,
    }),
    alertsEnded: new Counter({
      name: 'seaworthy_alerts_total',
      help: 'Attempts to send an alert, by channel and end: sent, failed (tried again), given-up (reached nobody).',
      labelNames: ['channel', 'end'],
      registers,
    }),
    text: () => registry.metrics(),
  })
}
