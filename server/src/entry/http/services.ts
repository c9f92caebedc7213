/** What the routes need, joined in main: the repositories of the layers, the queue, the journal, the audit log. */
import type { BlobStore } from '../../platform/blobs/blob-store.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Authorship } from '../../kernel/page.ts'
import type { Agreement, AuditCheckpoint, AuditLog, ChangeFeed, Fleet } from '../../layers/collaboration/index.ts'
import type {
  CheckRepository,
  DrillResult,
  LaunchedDeployment,
  LaunchRequest,
  Outlook,
  OutlookRequest,
  ReleaseDesk,
  ReplayOne,
  RetrainingForecast,
  RetrainingRepository,
  RetrainingRequest,
  RollbackRequest,
  RollbackResult,
} from '../../layers/evolution/index.ts'
import type { LiveLogs, ModelRegistry, RunRepository } from '../../layers/model/index.ts'
import type {
  ChannelHealth,
  ConfiguredChannels,
  IncidentDesk,
  Journal,
  JournalReader,
  MonitorStore,
  OutlierOf,
  FindingSeriesQuery,
  SeriesOfFindings,
  SpanProfiles,
  TrafficSeries,
  TrafficSeriesQuery,
} from '../../layers/operations/index.ts'
import type {
  DeploymentRecord,
  DeploymentRepository,
  Explainer,
  TrafficRecorder,
  VariantTraffic,
} from '../../layers/serving/index.ts'
import type { EnqueueOptions, JobQueue } from '../../platform/jobs/job-queue.ts'
import type { JobRecord } from '../../platform/jobs/job-record.ts'
import { defineRoute } from './define-route.ts'

export interface ControlServices {
  readonly about: {
    readonly version: string
    readonly home: string
    readonly pid: number
    readonly startedAt: number
    readonly database: 'sqlite' | 'postgres'
  }
  readonly blobs: BlobStore
  readonly uploadBytesMax: number
  readonly jobs: Pick<JobQueue, 'get' | 'list' | 'cancel'>
  /** Queues work of a kind that a worker of this process runs, and wakes it. */
  enqueue(
    kind:
      | 'version.push'
      | 'model.train'
      | 'version.check'
      | 'version.replay'
      | 'operations.monitor'
      | 'version.compare'
      | 'retraining.run'
      | 'journal.compact',
    input: unknown,
    options?: Pick<EnqueueOptions, 'uniqueKey'>,
  ): Promise<JobRecord>
  readonly registry: ModelRegistry
  readonly runs: RunRepository
  readonly checks: CheckRepository
  readonly deployments: DeploymentRepository
  /** Resolves when the version answers, or when its release has begun. Throws what refuses a launch. */
  launch(request: LaunchRequest): Promise<LaunchedDeployment>
  readonly releases: ReleaseDesk
  /** Switches first and records second; works without a database. */
  rollBack(request: RollbackRequest): Promise<RollbackResult>
  /** Rehearses it on the live deployment. */
  drill(deployment: string, by: Authorship): Promise<DrillResult>
  readonly replayOne: ReplayOne
  readonly liveLogs: Pick<LiveLogs, 'find'>
  outlook(request: OutlookRequest): Promise<Outlook>
  /** Who agreed to which contract, newest first. */
  agreements(deployment: string): Promise<readonly Agreement[]>
  stop(deployment: string, by: Authorship): Promise<DeploymentRecord>
  readonly retraining: {
    readonly records: RetrainingRepository
    /** Would one begin now, and why, or why not? */
    forecast(deployment: DeploymentRecord): Promise<RetrainingForecast>
    /** Queues one; gives its id, which is that of its job. Throws what stands in the way. */
    request(request: RetrainingRequest): Promise<string>
  }
  readonly journal: Pick<Journal, 'recordOutcomes' | 'health' | 'rotate'>
  readonly monitors: MonitorStore
  readonly desk: IncidentDesk
  readonly alerts: {
    readonly channels: Pick<ConfiguredChannels, 'all' | 'escalateTo' | 'verify'>
    health(): Promise<readonly ChannelHealth[]>
    /** Sends a test now; gives the time it took in milliseconds. Throws what sending throws. */
    test(channel: string, actor: string, signal: AbortSignal): Promise<number>
  }
  readonly journalReader: JournalReader
  readonly events: ChangeFeed
  readonly recorder: TrafficRecorder
  readonly clock: Clock
  readonly fleet: Fleet
  readonly spanProfiles: SpanProfiles
  findingSeries(query: FindingSeriesQuery): Promise<SeriesOfFindings>
  trafficSeries(query: TrafficSeriesQuery): Promise<TrafficSeries>
  /** What the versions that are loaded in this process did since it began. */
  liveCounts(deployment: string): readonly VariantTraffic[]
  readonly explainer: Explainer
  readonly outlierOf: OutlierOf
  readonly audit: Pick<AuditLog, 'list' | 'verify'> & {
    exportHead(): Promise<AuditCheckpoint>
    /** Was it signed by the key of this installation? */
    isGenuine(checkpoint: AuditCheckpoint): boolean
  }
  /** Aborted when the server stops: what waits answers then. */
  readonly stopping: AbortSignal
}

export const route = defineRoute<ControlServices>()
