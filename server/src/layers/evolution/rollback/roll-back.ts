/**
 * The way back in one step. Traffic first, the record second:
 *
 *     switch (in memory, now) -> remember (a small file) -> record (database, when it answers) -> forget
 *
 * No gate, no approval and no database stand before the switch, because the version that it goes to is loaded and warm all
 * the time. What could not be recorded holds all the same, over a restart too, and is recorded when the database is back.
 */
import { AppError } from '../../../kernel/errors.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { Tx } from '../../../platform/db/database.ts'
import type { LiveDeployment } from '../../serving/data-plane.ts'
import { DeploymentNotLive, type ServedVersion } from '../../serving/index.ts'
import { endOpenRelease } from '../release/release-changes.ts'
import type { ReleaseServices } from '../release/release-services.ts'
import { RollbackImpossible, RollbackTargetUnavailable } from './errors.ts'
import type { PendingRollback, RollbackMemory } from './rollback-memory.ts'

/** How long an answer waits for file and record, in milliseconds. The switch is done by then, and they go on without it. */
const RECORD_MS_MAX = 500
/** Times as champion that are looked through for a version that was asked for. */
const HISTORY_MAX = 1_000

export interface RollbackRequest extends Authorship {
  readonly deployment: string
  /**
   * A version that was champion here. Default: while a release runs, the champion, whom it has not replaced yet; else the
   * version before.
   */
  readonly to?: number | undefined
}

export interface RollbackResult {
  readonly deployment: string
  readonly version: number
  readonly from: number
  /** Did the data plane of this process switch? Without one there is nothing to switch. */
  readonly switched: boolean
  /** From the call until every new request meets the version, in milliseconds. */
  readonly switchMs: number
  readonly recorded: boolean
  /** Not recorded, but on the disk: it holds over a restart. */
  readonly remembered: boolean
  /** Why it is not recorded. */
  readonly explanation?: string
}

export interface RollbackServices extends ReleaseServices {
  readonly memory: RollbackMemory
}

/** Throws RollbackImpossible, RollbackTargetUnavailable. Once traffic is switched it throws nothing more. */
export async function rollBack(request: RollbackRequest, services: RollbackServices): Promise<RollbackResult> {
  const startMs = performance.now()
  const { deployment, actor, reason } = request
  const { memory, ids, clock, log } = services
  refuseAgain(request, memory)
  const target = await findRollbackTarget(request, services)
  const { version, from, contractText } = target
  const said = { actor, ...(reason === undefined ? {} : { reason }), ...(contractText === undefined ? {} : { contractText }) }
  const rollback: PendingRollback = { id: ids(), deployment, version, from, ...said, at: clock.now() }
  const switched = await switchTraffic(rollback, services)
  const switchMs = performance.now() - startMs
  log.warn('rolled back', { deployment, version, from, switched, switchMs })
  const saving = memory.save().then(
    () => true,
    (cause: unknown) => (log.error('a rollback cannot be remembered', { deployment, error: String(cause) }), false),
  )
  const [failure, remembered] = await Promise.all([
    within(failureOf(recordRollback(rollback, services)), RECORD_MS_MAX, 'the database does not answer in time'),
    within(saving, RECORD_MS_MAX, false),
  ])
  const result = { deployment, version, from, switched, switchMs, recorded: failure === undefined }
  return { ...result, remembered: !result.recorded && remembered, ...(failure === undefined ? {} : { explanation: failure }) }
}

/** Where a rollback leads. Throws RollbackImpossible, RollbackTargetUnavailable. */
export const findRollbackTarget = async (request: RollbackRequest, services: RollbackServices): Promise<RollbackTarget> =>
  targetInMemory(request, services.traffic.find(request.deployment)) ?? (await askRecord(request, services))

/** Until a rollback is recorded nobody knows what lies behind it; asked again in haste, it must not lead back to where it came from. */
function refuseAgain({ deployment, to }: RollbackRequest, memory: RollbackMemory): void {
  const held = memory.pinOf(deployment)
  if (held === undefined || to !== undefined) return
  const explanation = `it is rolled back to version ${held.version} already, which is still to be recorded`
  throw new RollbackImpossible({ deployment, explanation, former: [] })
}

export interface RollbackTarget {
  readonly version: number
  readonly from: number
  /** Undefined when only the record knows it. */
  readonly contractText?: string
}

/** What is loaded here and can answer at once. */
function targetInMemory({ deployment, to }: RollbackRequest, live: LiveDeployment | undefined): RollbackTarget | undefined {
  const versionOf = (name: string) => live?.variants.find((variant) => variant.name === name)?.predictor.version.version
  const [champion, standby, challenger] = [versionOf('champion'), versionOf('standby'), versionOf('challenger')]
  if (champion === undefined) return undefined
  if (to === champion && challenger === undefined)
    throw new RollbackImpossible({ deployment, explanation: `version ${to} answers already`, former: standby ? [standby] : [] })
  const version = to ?? (challenger === undefined ? standby : champion)
  if (version === undefined || (version !== champion && version !== standby)) return undefined
  return { version, from: version === champion ? challenger! : champion }
}

/** A database that does not answer is an expected failure here: that is what a rollback is for. */
async function askRecord(request: RollbackRequest, services: RollbackServices): Promise<RollbackTarget> {
  try {
    return await targetInRecord(request, services)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const explanation = cause instanceof Error ? cause.message : String(cause)
    throw new RollbackTargetUnavailable({ deployment: request.deployment, version: request.to, explanation }, { cause })
  }
}

async function targetInRecord({ deployment, to }: RollbackRequest, { deployments }: RollbackServices): Promise<RollbackTarget> {
  const { variants } = await deployments.get(deployment)
  const from = variants.find(({ name }) => name === 'champion')!.version
  const former = await deployments.listFormer(deployment)
  const refuse = (explanation: string) =>
    new RollbackImpossible({ deployment, explanation, former: former.map(({ version }) => version) })
  if (to === undefined) {
    if (former[0] === undefined) throw refuse(`no version was champion before version ${from}`)
    return { ...former[0], from }
  }
  if (to === from) throw refuse(`version ${to} answers already`)
  const { items } = await deployments.listChampions(deployment, { limit: HISTORY_MAX })
  const found = items.find(({ version }) => version === to)
  if (found === undefined) throw refuse(`version ${to} was never its champion`)
  return { ...found, from }
}

/** Lets the version answer here. One that is not loaded is loaded first, and until then the old one answers. */
async function switchTraffic(rollback: PendingRollback, { memory, traffic }: RollbackServices): Promise<boolean> {
  const { deployment, version, id } = rollback
  memory.hold(rollback)
  if (traffic.find(deployment) === undefined) return false
  if (traffic.switchTo(deployment, version)) return true
  try {
    await traffic.reload(deployment)
    return true
  } catch (cause) {
    memory.forget(id)
    const explanation = cause instanceof Error ? cause.message : String(cause)
    throw new RollbackTargetUnavailable({ deployment, version, explanation }, { cause })
  }
}

/** Writes it down and forgets it. May be tried again after any failure: what is recorded is not recorded twice. */
const recordRollback = (rollback: PendingRollback, services: RollbackServices): Promise<void> =>
  services.memory.recording(rollback.id, () => record(rollback, services))

async function record(rollback: PendingRollback, services: RollbackServices): Promise<void> {
  const { id, deployment, version } = rollback
  const { memory, traffic, log } = services
  try {
    await write(rollback, services)
  } catch (cause) {
    // It was taken down meanwhile: there is no traffic to give to anybody.
    if (!(cause instanceof DeploymentNotLive)) throw cause
    log.warn('a rollback has nothing left to record', { deployment, version })
  }
  memory.forget(id)
  await memory.save().catch((cause: unknown) => log.error('a rollback cannot be forgotten', { error: String(cause) }))
  // Traffic is where it belongs already; what is loaded beside it is tried again by the loader.
  await traffic
    .reload(deployment)
    .catch((cause: unknown) =>
      log.error('a deployment cannot be loaded after its rollback', { deployment, error: String(cause) }),
    )
  log.info('a rollback was recorded', { deployment, version })
}

function write(rollback: PendingRollback, services: RollbackServices): Promise<void> {
  const { deployment, from } = rollback
  const by = { actor: rollback.actor, reason: rollback.reason ?? `back from version ${from}` }
  return services.db.transaction(async (tx) => {
    await endOpenRelease(tx, deployment, { state: 'rolled-back', outcome: 'aborted', by }, services)
    const champion = await formerChampion(rollback, tx)
    const change = { name: deployment, champion, action: 'deployment.rollback' }
    const { model, variants } = await services.deployments.moveTraffic(tx, change, by)
    // Where the rollback was recorded before, a later version may be champion by now.
    const { version } = variants.find(({ name }) => name === 'champion')!
    const alias = { model, alias: 'champion', version, actor: by.actor, reason: `rolled back in ${deployment}` }
    await services.registry.setAlias(alias, tx)
  })
}

/** Undefined when the version is champion in the record as well, and only a release had to be ended. */
async function formerChampion({ id, deployment, version }: PendingRollback, tx: Tx) {
  const ofDeployment = tx.selectFrom('champion').selectAll().where('deployment', '=', deployment)
  const now = await ofDeployment.orderBy('revision', 'desc').limit(1).executeTakeFirst()
  if (now?.version === version) return undefined
  const then = await ofDeployment.where('version', '=', version).orderBy('revision', 'desc').limit(1).executeTakeFirstOrThrow()
  const served: ServedVersion = {
    ...{ version, contractText: then.contract, contractDigest: then.contract_digest },
    checkId: then.check_id ?? undefined,
    overrideReason: then.override_reason ?? undefined,
  }
  return { ...served, how: 'rollback' as const, rollbackId: id }
}

/** Records what is still to be recorded; what fails again stays for the next time. Says how many are left. */
export async function settleRollbacks(services: RollbackServices): Promise<number> {
  for (const rollback of services.memory.list())
    await recordRollback(rollback, services).catch((cause: unknown) =>
      services.log.debug('a rollback cannot be recorded yet', { deployment: rollback.deployment, error: String(cause) }),
    )
  return services.memory.list().length
}

/** Undefined when the work succeeds. */
const failureOf = (work: Promise<void>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  )

/** What the work gives in time, else `late`. It is not stopped. */
async function within<T>(work: Promise<T>, msMax: number, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<T>((resolve) => (timer = setTimeout(() => resolve(late), msMax)))
  try {
    return await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
