/** The kinds of durable work, what they need, and the worker that does them in this process. */
import os from 'node:os'
import path from 'node:path'
import type { ControlServices } from '../entry/http/services.ts'
import type { Log } from '../kernel/log.ts'
import {
  checkJob,
  type CheckServices,
  type CheckStore,
  compareJob,
  type CompareServices,
  replayJob,
  type ReplayServices,
  retrainingJob,
  retrainingWatchJob,
  type RetrainServices,
  type WatchServices,
} from '../layers/evolution/index.ts'
import {
  clearRuns,
  type ModelRegistry,
  pushJob,
  type PushServices,
  type RunKeeper,
  trainJob,
  type TrainServices,
} from '../layers/model/index.ts'
import {
  compactJob,
  type CompactServices,
  createJournalReader,
  monitorJob,
  type MonitorServices,
} from '../layers/operations/index.ts'
import type { DeploymentRepository } from '../layers/serving/index.ts'
import type { JobQueue } from '../platform/jobs/job-queue.ts'
import { pruneJob, type PruneServices } from '../platform/jobs/prune.job.ts'
import { type AnyJob, type JobWorker, startJobWorker } from '../platform/jobs/job-worker.ts'
import type { Metrics } from '../platform/telemetry/metrics.ts'
import { contractHistoryOf } from './contract-history.ts'
import type { MonitoringParts } from './monitoring-parts.ts'
import type { OpenStateOptions, State } from './open-state.ts'
import type { RetrainingParts } from './retraining-parts.ts'
import { servingSettingsOf } from './serve.ts'

export interface RunJobsOptions extends Pick<OpenStateOptions, 'config' | 'log' | 'shutdown'> {
  /** Environment of the program, of which a training inherits what is no secret. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A command runs jobs only when it asked for one; a server also takes what others left. */
  readonly runsJobs: 'at-once' | 'when-asked'
  readonly metrics?: Pick<Metrics, 'jobsFinished'>
}
export interface JobParts extends State, RetrainingParts, MonitoringParts {
  readonly registry: ModelRegistry
  readonly runs: RunKeeper
  readonly checks: CheckStore
  readonly deployments: DeploymentRepository
}

type JobServices = CheckServices &
  CompactServices &
  CompareServices &
  MonitorServices &
  PruneServices &
  PushServices &
  ReplayServices &
  RetrainServices &
  TrainServices &
  WatchServices
/** What somebody asked for, and what takes long. */
const asked: readonly AnyJob<JobServices>[] = [pushJob, trainJob, checkJob, compareJob, replayJob, retrainingJob]
/** What the clock asks for. It is done beside the rest, one at a time: while a training takes hours, somebody has to watch. */
const kept: readonly AnyJob<JobServices>[] = [compactJob, monitorJob, retrainingWatchJob, pruneJob]
const kinds = [...asked, ...kept]
export const keptKinds: readonly string[] = kept.map(({ kind }) => kind)

/** How often a job of this kind is tried; one of no kind that is known here, once. */
export const attemptsMaxOf = (kind: string): number => kinds.find((known) => known.kind === kind)?.attemptsMax ?? 1

export interface RunningJobs {
  /** Asks for one, and starts the worker where none runs. */
  readonly enqueue: ControlServices['enqueue']
  /** What was put on the queue elsewhere is looked for at once. */
  wake(): void
}

/** Starts the worker, at once or with the first job that is asked for. */
export function runJobs(options: RunJobsOptions, queue: JobQueue, parts: JobParts): RunningJobs {
  const { config, log, shutdown, runsJobs, metrics } = options
  let workers: readonly JobWorker[] | undefined
  const start = () => {
    const services = jobServicesOf(options, queue, parts)
    const work = (of: readonly AnyJob<JobServices>[], parallelMax: number) =>
      startJobWorker({
        queue,
        kinds: of,
        services,
        parallelMax,
        leaseMs: config.SEAWORTHY_JOB_LEASE_MS,
        clock: parts.clock,
        log,
        onEnd: (kind, state) => metrics?.jobsFinished.inc({ kind, state }),
        worker: `${os.hostname()}/${process.pid}/${parts.ids()}`,
      })
    return [work(asked, config.SEAWORTHY_JOBS_PARALLEL_MAX), work(kept, 1)]
  }
  if (runsJobs === 'at-once') workers = start()
  shutdown.onEnd('jobs', () => Promise.all((workers ?? []).map((worker) => worker.stop())))
  const wake = () => workers?.forEach((worker) => worker.wake())
  return Object.freeze<RunningJobs>({
    wake,
    async enqueue(kind, input, how) {
      const job = await queue.enqueue(kind, input, { ...how, attemptsMax: attemptsMaxOf(kind) })
      workers ??= start()
      wake()
      return job
    },
  })
}

/** A program that was killed may have left a training running, and a run that nobody will end. Before any job runs. */
export async function settleTrainings({ folders, runs }: Pick<JobParts, 'folders' | 'runs'>, log: Log): Promise<void> {
  const processesEnded = await clearRuns(jobsFolderOf(folders))
  const runsClosed = await runs.closeAbandoned()
  if (processesEnded + runsClosed > 0) log.warn('trainings of a program that died were ended', { processesEnded, runsClosed })
}

const jobsFolderOf = (folders: State['folders']) => path.join(folders.work, 'jobs')

function jobServicesOf({ config, log, environment }: RunJobsOptions, queue: JobQueue, parts: JobParts): JobServices {
  const workFolder = jobsFolderOf(parts.folders)
  const serving = servingSettingsOf(config)
  return {
    ...parts,
    queue,
    log,
    workFolder,
    tempFolder: workFolder,
    serving,
    sessionOptions: serving.session,
    modelBytesMax: config.SEAWORTHY_MODEL_BYTES_MAX,
    environment,
    trainingLimits: {
      memoryBytesMax: config.SEAWORTHY_TRAIN_MEMORY_BYTES_MAX,
      msMax: config.SEAWORTHY_TRAIN_MS_MAX,
      outputBytesMax: config.SEAWORTHY_MODEL_BYTES_MAX,
    },
    journalWindows: parts.windows,
    journalFolder: parts.folders.journal,
    journalReader: createJournalReader({ folder: parts.folders.journal, engine: parts.sqlEngine }),
    contractHistory: contractHistoryOf(parts.auditLog),
    keepDays: config.SEAWORTHY_JOURNAL_KEEP_DAYS,
    jobsKeepDays: config.SEAWORTHY_JOBS_KEEP_DAYS,
    keepBytes: config.SEAWORTHY_JOURNAL_KEEP_BYTES,
  }
}
