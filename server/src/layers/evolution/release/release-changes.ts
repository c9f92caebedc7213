/**
 * Every change of a release, each in one transaction with the traffic that it moves and its audit entries. A change says in
 * which state it found the release and is refused when that is no longer so: of two that come at once one is done.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { ModelRegistry } from '../../model/index.ts'
import { DeploymentNotLive, type DeploymentRepository, type ServedVersion } from '../../serving/index.ts'
import { ReleaseRunning, ReleaseStateUnfit } from './errors.ts'
import { isOpen, type ReleaseRecord, type StepOutcome } from './release.ts'
import { readOpen, readRelease } from './release-records.ts'

export interface ReleaseStore {
  readonly db: Database
  readonly clock: Clock
  readonly ids: () => string
  readonly audit: AuditTrail
  readonly deployments: DeploymentRepository
  /** The alias of the champion follows what is live, in the same transaction. */
  readonly registry: Pick<ModelRegistry, 'setAlias'>
}

export interface NewRelease extends ServedVersion, Authorship {
  readonly deployment: string
  readonly model: string
  readonly champion: number
  readonly steps: readonly string[]
  readonly approvalsNeeded: number
}

/** Waits for approvals, or begins with its first step at once. Throws ReleaseRunning. */
export async function createRelease(release: NewRelease, store: ReleaseStore): Promise<ReleaseRecord> {
  const id = store.ids()
  await store.db.transaction(async (tx) => {
    const now = store.clock.now()
    const { deployment, model, version, champion, actor, reason } = release
    const inserted = await tx
      .insertInto('release')
      .values({
        ...{ id, deployment, model, version, champion, state: 'waiting-for-approval', step: 0 },
        contract: release.contractText,
        contract_digest: release.contractDigest,
        check_id: release.checkId ?? null,
        override_reason: release.overrideReason ?? null,
        steps: JSON.stringify(release.steps),
        approvals_needed: release.approvalsNeeded,
        ...{ created_at: now, created_by: actor, reason: reason ?? null },
        ...{ updated_at: now, updated_by: actor, explanation: null, finished_at: null },
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (inserted === undefined) {
      const running = (await readOpen(tx, deployment))[0]
      throw new ReleaseRunning({ deployment, release: running?.id ?? '', version: running?.version ?? 0 })
    }
    const after = { deployment, model, version, champion, steps: release.steps, approvalsNeeded: release.approvalsNeeded }
    await audit(tx, { action: 'release.start', id, by: release, after }, store)
    if (release.approvalsNeeded === 0) await enter(tx, (await readRelease(tx, id))!, 0, release, store)
  })
  return (await readRelease(store.db.kysely, id))!
}

export interface StepEnd {
  readonly outcome: StepOutcome
  readonly by: Authorship
}

/** Ends the step that runs, if one does, and begins another; the step `full` promotes. Throws ReleaseStateUnfit. */
export const enterStep = (release: ReleaseRecord, position: number, end: StepEnd, store: ReleaseStore): Promise<void> =>
  store.db.transaction(async (tx) => {
    await endStep(tx, release, end.outcome, store)
    await enter(tx, release, position, end.by, store)
  })

/** All traffic to the new version now, whatever steps are left. Throws ReleaseStateUnfit. */
export const promoteNow = (release: ReleaseRecord, end: StepEnd, store: ReleaseStore): Promise<void> =>
  store.db.transaction(async (tx) => {
    await endStep(tx, release, end.outcome, store)
    await promote(tx, release, end.by, store)
  })

/** All traffic back to the champion; where the deployment was taken down, only the release ends. Throws ReleaseStateUnfit. */
export const abortRelease = (release: ReleaseRecord, end: StepEnd, store: ReleaseStore): Promise<void> =>
  store.db.transaction(async (tx) => {
    await finish(tx, release, { state: 'aborted', ...end }, store)
    if (release.state.kind === 'waiting-for-approval') return
    try {
      await store.deployments.moveTraffic(tx, { name: release.deployment, action: 'release.abort' }, end.by)
    } catch (error) {
      if (!(error instanceof DeploymentNotLive)) throw error
    }
  })

/** The same for the release of a deployment whose traffic the caller moves in this transaction; nothing when none is open. */
export async function endOpenRelease(
  tx: Tx,
  deployment: string,
  end: StepEnd & { readonly state: 'aborted' | 'rolled-back' },
  store: ReleaseStore,
): Promise<void> {
  for (const release of await readOpen(tx, deployment)) await finish(tx, release, end, store)
}

/** Stays in its step, and is watched, until somebody says how it goes on. Throws ReleaseStateUnfit. */
export const holdRelease = (release: ReleaseRecord, by: Authorship, store: ReleaseStore): Promise<void> =>
  store.db.transaction(async (tx) => {
    await change(tx, release, { state: 'holding', by, action: 'held', from: ['running'] }, store)
    await audit(tx, { action: 'release.hold', id: release.id, by }, store)
  })

/** Goes on with its step, whose duration begins anew; whoever resumes has seen how the predictions lie. */
export const resumeRelease = (release: ReleaseRecord, by: Authorship, store: ReleaseStore): Promise<void> =>
  store.db.transaction(async (tx) => {
    await change(tx, release, { state: 'running', by, action: 'resumed', from: ['holding'] }, store)
    await tx
      .updateTable('release_step')
      .set({ counted_from: store.clock.now(), shift_accepted_by: by.actor })
      .where('release_id', '=', release.id)
      .where('ended_at', 'is', null)
      .execute()
    await audit(tx, { action: 'release.resume', id: release.id, by }, store)
  })

async function enter(tx: Tx, release: ReleaseRecord, position: number, by: Authorship, store: ReleaseStore): Promise<void> {
  const step = release.steps[position]!
  if (step.kind === 'full') return promote(tx, release, by, store)
  const now = store.clock.now()
  await change(tx, release, { state: 'running', step: position, by, action: 'moved on', from: OPEN }, store)
  await tx
    .insertInto('release_step')
    .values({
      ...{ release_id: release.id, position, step: step.text, started_at: now, counted_from: now },
      ...{ ended_at: null, outcome: null, analysis: null, counts: null, shift_accepted_by: null },
    })
    .execute()
  const challenger = { ...servedOf(release), role: step.kind === 'shadow' ? ('shadow' as const) : ('answer' as const) }
  const traffic = { name: release.deployment, challenger: { ...challenger, share: step.share }, action: 'release.step' }
  await store.deployments.moveTraffic(tx, traffic, by)
}

async function promote(tx: Tx, release: ReleaseRecord, by: Authorship, store: ReleaseStore): Promise<void> {
  await change(tx, release, { state: 'promoted', by, action: 'promoted', from: OPEN }, store)
  const champion = { ...servedOf(release), how: 'release' as const }
  const { deployment, model, version } = release
  await store.deployments.moveTraffic(tx, { name: deployment, champion, action: 'release.promote' }, by)
  const alias = { model, alias: 'champion', version, actor: by.actor, reason: `released to ${deployment}` }
  await store.registry.setAlias(alias, tx)
}

async function finish(
  tx: Tx,
  release: ReleaseRecord,
  { state, by, outcome }: StepEnd & { readonly state: 'aborted' | 'rolled-back' },
  store: ReleaseStore,
): Promise<void> {
  await endStep(tx, release, outcome, store)
  await change(tx, release, { state, by, action: 'aborted', from: OPEN }, store)
  await audit(tx, { action: state === 'aborted' ? 'release.abort' : 'release.roll-back', id: release.id, by }, store)
}

const endStep = (tx: Tx, { id }: ReleaseRecord, outcome: StepOutcome, { clock }: ReleaseStore) =>
  tx
    .updateTable('release_step')
    .set({ ended_at: clock.now(), outcome })
    .where('release_id', '=', id)
    .where('ended_at', 'is', null)
    .execute()

const OPEN = ['waiting-for-approval', 'running', 'holding'] as const

interface Change {
  readonly state: ReleaseRecord['state']['kind']
  readonly step?: number
  readonly by: Authorship
  /** As a participle, for the refusal. */
  readonly action: string
  readonly from: readonly ReleaseRecord['state']['kind'][]
}

async function change(tx: Tx, release: ReleaseRecord, { state, step, by, action, from }: Change, store: ReleaseStore) {
  const refuse = (found: string) => new ReleaseStateUnfit({ release: release.id, action, state: found })
  if (!from.includes(release.state.kind)) throw refuse(release.state.kind)
  const now = store.clock.now()
  const changed = await tx
    .updateTable('release')
    .set({
      ...{ state, updated_at: now, updated_by: by.actor, explanation: by.reason ?? null },
      ...(step === undefined ? {} : { step }),
      ...(isOpen({ state: { kind: state } as ReleaseRecord['state'] }) ? {} : { finished_at: now }),
    })
    .where('id', '=', release.id)
    .where('state', '=', release.state.kind)
    .where('step', '=', 'step' in release.state ? release.state.step : 0)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw refuse((await readRelease(tx, release.id))?.state.kind ?? 'gone')
}

const servedOf = ({ version, contractText, contractDigest, checkId, overrideReason }: ReleaseRecord): ServedVersion => ({
  ...{ version, contractText, contractDigest, checkId, overrideReason },
})

export const audit = (
  tx: Tx,
  { action, id, by, after }: { readonly action: string; readonly id: string; readonly by: Authorship; readonly after?: unknown },
  { audit: trail }: ReleaseStore,
) => trail.append(tx, { action, subject: `release/${id}`, actor: by.actor, reason: by.reason, after })
