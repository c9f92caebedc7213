/**
 * The control plane, joined: repositories on the store, jobs on the queue, the journal, and what the routes need of them. The
 * server listens with it; a command that finds no server calls the same routes without a socket.
 */
import { createPublicKey } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { routes } from '../entry/http/routes.ts'
import type { ControlServices } from '../entry/http/services.ts'
import { systemClock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { isGenuineCheckpoint } from '../layers/collaboration/index.ts'
import { createCheckRepository, launchVersion, retrainingWatchJob, stopDeployment } from '../layers/evolution/index.ts'
import { createModelRegistry, createRunRepository } from '../layers/model/index.ts'
import {
  compactJob,
  type Courier,
  createJournalReader,
  type Journal,
  type JournalMetrics,
  monitorJob,
} from '../layers/operations/index.ts'
import { createDeploymentRepository, type LiveTraffic } from '../layers/serving/index.ts'
import { createJobQueue } from '../platform/jobs/job-queue.ts'
import { pruneJob } from '../platform/jobs/prune.job.ts'
import type { ServerLock } from '../platform/files/server-lock.ts'
import { createScheduler, type Scheduler } from '../platform/scheduler/scheduler.ts'
import type { Metrics } from '../platform/telemetry/metrics.ts'
import { type CatchUp, createCatchUp } from './catch-up.ts'
import { createMonitoringParts } from './monitoring-parts.ts'
import { createLiveParts } from './live-parts.ts'
import { createExplanationParts } from './explanation-parts.ts'
import { openJournal } from './open-journal.ts'
import { type OpenStateOptions, openState } from './open-state.ts'
import { attemptsMaxOf, keptKinds, runJobs, type RunJobsOptions, settleTrainings } from './run-jobs.ts'
import { createPageParts } from './page-parts.ts'
import { createReleaseParts, type ReleaseParts } from './release-parts.ts'
import { createRetrainingParts, retrainingServicesOf } from './retraining-parts.ts'
import { servingSettingsOf } from './serve.ts'

/** Segments become Parquet, and old files go, this often. */
const COMPACTION_CRON = '*/5 * * * *'
/** Jobs that ended long ago are forgotten once a day. */
const PRUNE_CRON = '17 3 * * *'

export interface ControlPlaneOptions extends OpenStateOptions, RunJobsOptions {
  readonly version: string
  readonly metrics?: Metrics
  /** The data plane of this process, if it has one. */
  readonly traffic: LiveTraffic
}

export interface ControlPlane {
  readonly services: ControlServices
  readonly journal: Journal
  readonly lock: ServerLock
  readonly releases: ReleaseParts
  /** Does at once what the clock has come to; resolves when nothing is left that is due. */
  readonly catchUp: CatchUp
}

/** Throws what opening the state throws. */
export async function openControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { config, log, home, shutdown, version, metrics, traffic } = options
  const state = await openState(options)
  const { db, clock, audit, auditLog, key, blobs, folders, ids } = state
  const journal = openJournal(folders.journal, config, log, {
    clock,
    keepBytes: config.SEAWORTHY_JOURNAL_KEEP_BYTES,
    ...(metrics === undefined ? {} : { metrics: journalMetrics(metrics) }),
  })
  shutdown.onEnd('journal', () => journal.close())
  const bytesMax = config.SEAWORTHY_MODEL_BYTES_MAX
  const registry = createModelRegistry({ db, blobs, key, clock, audit, packagesFolder: folders.packages, bytesMax })
  const runs = createRunRepository({ db, clock, audit })
  await settleTrainings({ folders, runs }, log)
  const checks = createCheckRepository({ db, key, audit })
  const deployments = createDeploymentRepository({ db, clock, audit })
  const queue = createJobQueue({ db, clock, ids, leaseClock: systemClock })
  const monitoring = createMonitoringParts(state, { ...options, codeVersion: version })
  const { session } = servingSettingsOf(config)
  const launching = { channels: monitoring.channels, ...state, registry, checks, deployments, loader: traffic, session }
  const live = createLiveParts(state, { ...options, isServer: options.runsJobs === 'at-once' })
  const parts = {
    ...{ ...state, ...live },
    registry,
    runs,
    checks,
    deployments,
    ...createRetrainingParts(state, home, launching),
    ...monitoring,
  }
  const journalReader = createJournalReader({ folder: folders.journal, engine: state.sqlEngine })
  const releases = createReleaseParts(state, home, { ...parts, journalReader, traffic, log })
  const { enqueue, wake } = runJobs(options, queue, parts)
  const services = Object.freeze<ControlServices>({
    about: { version, home, pid: process.pid, startedAt: clock.now(), database: db.dialect },
    blobs,
    uploadBytesMax: config.SEAWORTHY_UPLOAD_BYTES_MAX,
    jobs: queue,
    enqueue,
    registry,
    runs,
    checks,
    deployments,
    launch: async (request) => {
      await releases.settle()
      return launchVersion(request, launching)
    },
    ...releases,
    stop: (name, by) => stopDeployment(name, by, launching),
    retraining: retrainingServicesOf(parts, queue, enqueue),
    ...monitoring,
    journal,
    journalReader,
    ...live,
    ...createPageParts(state, config, { registry, deployments, journal, journalReader, traffic, ...live }),
    ...createExplanationParts(state, registry, config),
    audit: {
      ...auditLog,
      exportHead: () => auditLog.exportHead(key),
      isGenuine: (checkpoint) => isGenuineCheckpoint(checkpoint, createPublicKey(key.privateKey)),
    },
    stopping: shutdown.signal,
  })
  const scheduler = createScheduler({ db, queue, clock, log, attemptsMaxOf })
  if (options.runsJobs === 'at-once') await keepSchedules(scheduler, options, monitoring.courier)
  const catchUp = createCatchUp({ journal, scheduler, queue, kinds: keptKinds, wake, driver: releases.driver })
  return Object.freeze<ControlPlane>({ services, journal, lock: state.lock, releases, catchUp })
}

/** Settings of the HTTP server that do not depend on who listens. */
export const httpOptionsOf = (config: Config, log: Log) => ({
  routes,
  log,
  bodyBytesMax: config.SEAWORTHY_HTTP_BODY_BYTES_MAX,
  nestingMax: config.SEAWORTHY_HTTP_NESTING_MAX,
  timeoutMsMax: config.SEAWORTHY_HTTP_TIMEOUT_MS_MAX,
  uploadBytesMax: config.SEAWORTHY_UPLOAD_BYTES_MAX,
  actorDefault: 'anonymous',
})

async function keepSchedules(scheduler: Scheduler, { shutdown }: ControlPlaneOptions, courier: Courier): Promise<void> {
  courier.start()
  shutdown.onEnd('alerts', () => courier.stop())
  const compaction = { name: 'journal.compact', cron: COMPACTION_CRON, timeZone: 'UTC', kind: compactJob.kind, input: {} }
  await scheduler.put(compaction)
  const watch = { name: retrainingWatchJob.kind, cron: '* * * * *', timeZone: 'UTC', kind: retrainingWatchJob.kind, input: {} }
  await scheduler.put(watch)
  await scheduler.put({ name: monitorJob.kind, cron: '* * * * *', timeZone: 'UTC', kind: monitorJob.kind, input: {} })
  await scheduler.put({ name: pruneJob.kind, cron: PRUNE_CRON, timeZone: 'UTC', kind: pruneJob.kind, input: {} })
  scheduler.start()
  shutdown.onEnd('schedules', () => scheduler.stop())
}

function journalMetrics(metrics: Metrics): JournalMetrics {
  return {
    committed({ deployment, records, bytes, ms }) {
      metrics.journalRecords.inc({ deployment }, records)
      metrics.journalBytes.inc({ deployment }, bytes)
      metrics.journalCommitSeconds.observe(ms / 1_000)
    },
    dropped: ({ deployment, records }) => metrics.journalDropped.inc({ deployment }, records),
    degraded: (value) => metrics.journalDegraded.set(value),
  }
}
