/** Setting off a retraining: the triggers are asked, and the work is queued under a key that keeps it single. */
import { AppError } from '../../../kernel/errors.ts'
import type { DeploymentRecord, DeploymentRepository } from '../../serving/index.ts'
import type { ModelRegistry } from '../../model/index.ts'
import type { JobQueue } from '../../../platform/jobs/job-queue.ts'
import { type AskedTrigger, askTriggers, type RetrainingForecast, type TriggerServices } from './ask-triggers.ts'
import { RetrainingRefused, RetrainingRunning } from './errors.ts'
import type { RetrainingKeeper } from './retraining.ts'
import { openRecord } from './retraining-input.ts'
import { retrainingJob } from './retraining.job.ts'

export interface BeginServices extends TriggerServices {
  readonly retrainings: RetrainingKeeper
  readonly deployments: Pick<DeploymentRepository, 'get' | 'listLive'>
  readonly registry: Pick<ModelRegistry, 'getVersion'>
  readonly queue: Pick<JobQueue, 'get' | 'enqueue'>
  /** Where a training runs when nobody has trained here before. */
  readonly projectFolder: string
}
export interface RetrainingRequest {
  readonly deployment: string
  readonly via: 'manual' | 'webhook'
  readonly actor: string
  readonly reason?: string | undefined
  /** Where the training command runs. Default: where the last one ran. */
  readonly folder?: string | undefined
}

/** Queues a retraining that somebody asks for, and gives the id of it and of its job. Throws RetrainingRunning, RetrainingRefused, RetrainingImpossible, DeploymentNotFound. */
export async function requestRetraining(request: RetrainingRequest, services: BeginServices): Promise<string> {
  const { deployment: name, via, actor, reason, folder } = request
  await services.retrainings.closeAbandoned()
  const deployment = await services.deployments.get(name)
  const forecast = await askTriggers(deployment, services, { via, actor, reason })
  const trigger = forecast.triggers.find(({ id }) => id === via)
  if (trigger === undefined)
    throw new RetrainingRefused({ deployment: name, reason: `its contract does not name ${via} in maintenance.retrain.on` })
  await throwObstacle(forecast, services)
  return enqueue(deployment, trigger, { actor, folder }, services)
}

/** Queues one when a trigger says so; undefined otherwise. */
export async function retrainWhenDue(deployment: DeploymentRecord, services: BeginServices): Promise<string | undefined> {
  const forecast = await askTriggers(deployment, services)
  const [first] = forecast.triggers
  if (!forecast.due || first === undefined) return undefined
  return enqueue(deployment, first, { actor: `trigger/${first.id}`, folder: undefined }, services)
}

async function throwObstacle({ deployment, obstacles }: RetrainingForecast, { retrainings }: BeginServices): Promise<void> {
  const open = await retrainings.findOpen(deployment)
  if (open !== undefined) throw new RetrainingRunning({ deployment, retraining: open.id, state: open.state })
  const [first] = obstacles
  if (first !== undefined) throw first.error ?? new RetrainingRefused({ deployment, reason: first.reason })
}

async function enqueue(
  deployment: DeploymentRecord,
  { id: trigger, reason, numbers }: AskedTrigger,
  { actor, folder }: { readonly actor: string; readonly folder: string | undefined },
  services: BeginServices,
): Promise<string> {
  const { name } = deployment
  const place = folder ?? (await folderOf(deployment, services))
  const input = {
    deployment: name,
    trigger,
    reason: reason.slice(0, 2_000),
    numbers,
    folder: place,
    asOf: services.clock.now(),
    actor,
  }
  const options = { uniqueKey: `retraining/${name}`, attemptsMax: retrainingJob.attemptsMax }
  const { id } = await services.queue.enqueue(retrainingJob.kind, input, options)
  return (await openRecord(id, input, services)).id
}

/** Where the last retraining ran, else the training of the champion, else where this program stands. */
async function folderOf({ name, model, variants }: DeploymentRecord, services: BeginServices): Promise<string> {
  const [last] = (await services.retrainings.list(name, { limit: 1 })).items
  if (last !== undefined) return last.folder
  const champion = variants.find((variant) => variant.name === 'champion')
  const trained = champion && (await trainedIn(model, champion.version, services))
  return trained ?? services.projectFolder
}

async function trainedIn(model: string, version: number, { registry, queue }: BeginServices): Promise<string | undefined> {
  const { runId } = await registry.getVersion(model, version)
  if (runId === undefined) return undefined
  const job = await queue.get(runId).catch((error: unknown) => {
    if (error instanceof AppError) return undefined
    throw error
  })
  const folder = (job?.input as { readonly folder?: unknown } | undefined)?.folder
  return typeof folder === 'string' ? folder : undefined
}
