/** What retraining needs, joined: its record, the journal by windows, incidents to look at, and the way to a release. */
import path from 'node:path'
import type { ControlServices } from '../entry/http/services.ts'
import {
  askTriggers,
  createReleaseRepository,
  createReleaseStarter,
  createRetrainingRepository,
  type LaunchServices,
  type ReleaseRepository,
  type ReleaseStarter,
  requestRetraining,
  type RetrainingKeeper,
} from '../layers/evolution/index.ts'
import type { ModelRegistry } from '../layers/model/index.ts'
import { createJournalWindows, createOpenIncidents, type JournalWindows, type OpenIncidents } from '../layers/operations/index.ts'
import type { DeploymentRepository } from '../layers/serving/index.ts'
import type { JobQueue } from '../platform/jobs/job-queue.ts'
import type { State } from './open-state.ts'

export interface RetrainingParts {
  readonly retrainings: RetrainingKeeper
  readonly windows: JournalWindows
  readonly incidents: OpenIncidents
  readonly releases: ReleaseStarter
  readonly openReleases: Pick<ReleaseRepository, 'findOpen'>
  /** Where a training runs when nobody has trained here before. */
  readonly projectFolder: string
}

/** `home` is the state folder; the project is the folder that it lies in. */
export function createRetrainingParts(
  { db, clock, audit, folders, sqlEngine }: State,
  home: string,
  launching: LaunchServices,
): RetrainingParts {
  return Object.freeze<RetrainingParts>({
    retrainings: createRetrainingRepository({ db, clock, audit }),
    windows: createJournalWindows({ folder: folders.journal, engine: sqlEngine }),
    incidents: createOpenIncidents(db),
    releases: createReleaseStarter(launching),
    openReleases: createReleaseRepository(db),
    projectFolder: path.dirname(home),
  })
}

interface RequestParts extends RetrainingParts {
  readonly registry: ModelRegistry
  readonly deployments: DeploymentRepository
  readonly clock: State['clock']
}

/** As the routes ask for it: what is queued is done by this process. */
export const retrainingServicesOf = (
  parts: RequestParts,
  queue: Pick<JobQueue, 'get'>,
  enqueue: ControlServices['enqueue'],
): ControlServices['retraining'] => {
  const queued = {
    get: queue.get,
    enqueue: (_: string, input: unknown, options?: { uniqueKey?: string }) => enqueue('retraining.run', input, options),
  }
  return Object.freeze({
    records: parts.retrainings,
    forecast: (deployment) => askTriggers(deployment, parts),
    request: (request) => requestRetraining(request, { ...parts, queue: queued }),
  })
}
