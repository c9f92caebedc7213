/**
 * Is a retraining due, and why, or why not? Every trigger of the contract is asked; what stands in the way is said first. Used
 * by the watch each minute, by people who wonder, and by those who ask for one now.
 */
import type { Contract } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { AppError } from '../../../kernel/errors.ts'
import type { JournalWindows, OpenIncidents } from '../../operations/index.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import { parseComparisonRule } from '../comparison/comparison-rule.ts'
import type { ReleaseRecord, ReleaseRepository } from '../release/release.ts'
import { RetrainingImpossible } from './errors.ts'
import type { RetrainingRecord, RetrainingRepository } from './retraining.ts'
import { retrainingSpans } from './retraining-spans.ts'
import { triggers } from './triggers/catalog.gen.ts'
import { moment, type TriggerAnswer, type TriggerContext } from './triggers/contract.ts'

/** Pause after a retraining, whatever came of it, before a trigger may set off the next. A person may at once. */
export const COOL_DOWN_MS = 86_400_000
const CHAMPION = 'champion'
/** Retrainings looked through for the last one that came to a decision. */
const LOOKED_THROUGH = 50

export interface TriggerServices {
  readonly retrainings: RetrainingRepository
  readonly windows: Pick<JournalWindows, 'countOutcomes'>
  readonly incidents: OpenIncidents
  readonly openReleases: Pick<ReleaseRepository, 'findOpen'>
  readonly clock: Clock
}

export interface AskedTrigger extends TriggerAnswer {
  readonly id: string
  readonly title: string
}
export interface RetrainingForecast {
  readonly deployment: string
  /** Would one begin now? */
  readonly due: boolean
  /** What stands in the way, whatever the triggers say. */
  readonly obstacles: readonly Obstacle[]
  /** Those that the contract names, the first that is due first. */
  readonly triggers: readonly AskedTrigger[]
}
export interface Obstacle {
  readonly kind: 'running' | 'cool-down' | 'releasing' | 'stopped' | 'impossible'
  readonly reason: string
  /** What cannot be, as an error. */
  readonly error?: AppError
}

export async function askTriggers(
  deployment: DeploymentRecord,
  services: TriggerServices,
  request?: TriggerContext['request'],
): Promise<RetrainingForecast> {
  const contract = parseContract(deployment.contractText)
  const past = (await services.retrainings.list(deployment.name, { limit: LOOKED_THROUGH })).items
  const release = await services.openReleases.findOpen(deployment.name)
  const obstacles = obstaclesOf({ deployment, contract, last: past[0], release }, services.clock.now())
  const context = contextOf(deployment, contract, past, services, request)
  const asked: AskedTrigger[] = []
  for (const { id, title, applies, due } of triggers.all())
    if (applies(contract)) asked.push({ id, title, ...(await due(context)) })
  asked.sort((a, b) => Number(b.due) - Number(a.due))
  const stopping = obstacles.filter(({ kind }) => kind !== 'cool-down' || request?.via !== 'manual')
  return {
    deployment: deployment.name,
    due: stopping.length === 0 && asked[0]?.due === true,
    obstacles: stopping,
    triggers: asked,
  }
}

function contextOf(
  { name, variants }: DeploymentRecord,
  contract: Contract,
  past: readonly RetrainingRecord[],
  { incidents, windows, clock }: TriggerServices,
  request: TriggerContext['request'],
): TriggerContext {
  const now = clock.now()
  const launchedAt = variants.find((variant) => variant.name === CHAMPION)?.launchedAt ?? now
  const decided = past.find(({ state }) => state === 'done')
  const settled = past.find(({ decision }) => decision !== undefined && decision !== 'not-enough-data')
  return {
    contract,
    now,
    launchedAt,
    since: decided?.asOf ?? launchedAt,
    answeredUntil: settled?.asOf ?? Number.NEGATIVE_INFINITY,
    request,
    openIncidents: () => incidents.listOpen(name),
    countOutcomes: (since) => windows.countOutcomes({ deployment: name, since, until: now }),
  }
}

interface Standing {
  readonly deployment: DeploymentRecord
  readonly contract: Contract
  readonly last: RetrainingRecord | undefined
  readonly release: ReleaseRecord | undefined
}

function obstaclesOf({ deployment: { name, state }, contract, last, release }: Standing, now: number): Obstacle[] {
  const found: Obstacle[] = []
  const error = impossibilityOf(contract, now)
  if (error !== undefined) found.push({ kind: 'impossible', reason: error.message, error })
  if (state !== 'live') found.push({ kind: 'stopped', reason: `"${name}" is not live` })
  if (release !== undefined)
    found.push({ kind: 'releasing', reason: `the release ${release.id} is under way; who is champion is not settled` })
  if (last === undefined) return found
  if (last.finishedAt === undefined) found.push({ kind: 'running', reason: `the retraining ${last.id} is at ${last.state}` })
  else if (now < last.finishedAt + COOL_DOWN_MS)
    found.push({
      kind: 'cool-down',
      reason: `the retraining ${last.id} ended at ${moment(last.finishedAt)}; triggers wait a day, until ${moment(last.finishedAt + COOL_DOWN_MS)}`,
    })
  return found
}

/** What in the contract makes every retraining fail. */
function impossibilityOf(contract: Contract, now: number): AppError | undefined {
  try {
    if (contract.maintenance.train === undefined) throw impossible(contract, 'maintenance.train', 'it does not say how to train')
    if (contract.outcome === undefined) throw impossible(contract, 'outcome', 'without outcomes there is nothing to learn from')
    retrainingSpans(contract, now)
    if (contract.maintenance.compare !== undefined) parseComparisonRule(contract.maintenance.compare.require)
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

const impossible = ({ name: deployment }: Contract, path: string, reason: string) =>
  new RetrainingImpossible({ deployment, path, reason })
