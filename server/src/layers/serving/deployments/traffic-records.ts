/**
 * Which versions share the traffic of a deployment, as rows. Every change raises the revision by a statement that comes
 * first and so locks the row, writes the variants anew, keeps the standby that the history names, and is audited.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Tx } from '../../../platform/db/database.ts'
import type { VariantTable } from '../../../platform/db/schema.ts'
import { addChampion, formerOf, readChampions } from './champion-history.ts'
import type { DeploymentRecord, ServedVersion, TrafficChange, VariantRecord } from './deployment.ts'
import { readDeployments } from './deployment-record.ts'
import { DeploymentNotLive } from './errors.ts'

export interface TrafficServices {
  readonly clock: Clock
  readonly audit: AuditTrail
}

export async function moveTraffic(
  tx: Tx,
  change: TrafficChange,
  by: Authorship,
  services: TrafficServices,
): Promise<DeploymentRecord> {
  const { name, champion, challenger, action } = change
  if (await isRecorded(tx, champion?.rollbackId)) return (await readDeployments(tx, { name }))[0]!
  const raised = await tx
    .updateTable('deployment')
    .set((eb) => ({ revision: eb('revision', '+', 1), updated_at: services.clock.now() }))
    .where('name', '=', name)
    .where('state', '=', 'live')
    .returning('revision')
    .executeTakeFirst()
  const before = raised && (await readDeployments(tx, { name }))[0]
  if (raised === undefined || before === undefined) throw new DeploymentNotLive({ deployment: name })
  const { revision } = raised
  if (champion !== undefined) {
    const contract = { contract: champion.contractText, contract_digest: champion.contractDigest }
    await tx.updateTable('deployment').set(contract).where('name', '=', name).execute()
  }
  if (champion !== undefined) await crown(tx, { name, revision, ...champion }, by, services)
  else await tx.deleteFrom('variant').where('deployment', '=', name).where('name', '!=', 'champion').execute()
  const share = challenger?.role === 'answer' ? 1 - challenger.share : 1
  await tx.updateTable('variant').set({ share }).where('deployment', '=', name).where('name', '=', 'champion').execute()
  if (challenger !== undefined) await addVariant(tx, { deployment: name, name: 'challenger', ...challenger }, by, services)
  await addStandby(tx, name)
  return auditTraffic(tx, { name, action, before: { ...before, revision: revision - 1 } }, by, services)
}

/** A rollback that was remembered is recorded once, however often that is tried. */
async function isRecorded(tx: Tx, rollbackId: string | undefined): Promise<boolean> {
  if (rollbackId === undefined) return false
  const query = tx.selectFrom('champion').select('revision').where('rollback_id', '=', rollbackId)
  return (await query.executeTakeFirst()) !== undefined
}

interface Crowning extends ServedVersion {
  readonly name: string
  readonly revision: number
  readonly how: 'launch' | 'release' | 'rollback'
  readonly rollbackId?: string
}

/** Makes a version the champion, with all traffic and nobody beside it, and keeps that in the history. */
export async function crown(tx: Tx, crowning: Crowning, by: Authorship, services: TrafficServices): Promise<void> {
  const { name, ...champion } = crowning
  await tx.deleteFrom('variant').where('deployment', '=', name).execute()
  await addVariant(tx, { ...champion, deployment: name, name: 'champion', role: 'answer', share: 1 }, by, services)
  await addChampion(tx, {
    ...champion,
    ...{ deployment: name, beganAt: services.clock.now(), beganBy: by.actor },
    ...(by.reason === undefined ? {} : { reason: by.reason }),
  })
}

/** The version that a rollback would go to, with no traffic. */
export async function addStandby(tx: Tx, name: string): Promise<void> {
  const history = await readChampions(tx, name)
  const [standby] = formerOf(history)
  const began = history.find(({ version }) => version === standby?.version)
  if (standby === undefined || began === undefined) return
  const { version, contractText, contractDigest, checkId, overrideReason } = standby
  await insertVariant(tx, {
    ...{ deployment: name, name: 'standby', role: 'answer', share: 0, version, checkId, overrideReason },
    ...{ contractText, contractDigest, launchedAt: began.beganAt, launchedBy: began.beganBy },
  })
}

interface NewVariant extends ServedVersion, Pick<VariantRecord, 'name' | 'role' | 'share'> {
  readonly deployment: string
}

const addVariant = (tx: Tx, variant: NewVariant, { actor }: Authorship, { clock }: TrafficServices) =>
  insertVariant(tx, { ...variant, launchedAt: clock.now(), launchedBy: actor })

async function insertVariant(tx: Tx, variant: NewVariant & Pick<VariantRecord, 'launchedAt' | 'launchedBy'>): Promise<void> {
  const { deployment, name, role, share, version, checkId, overrideReason } = variant
  const isChampion = name === 'champion'
  const values: VariantTable = {
    ...{ deployment, name, role, share, version },
    check_id: checkId ?? null,
    override_reason: overrideReason ?? null,
    launched_at: variant.launchedAt,
    launched_by: variant.launchedBy,
    contract: isChampion ? null : variant.contractText,
    contract_digest: isChampion ? null : variant.contractDigest,
  }
  await tx.insertInto('variant').values(values).execute()
}

/** Keeps what was and what is, and gives what is. */
export async function auditTraffic(
  tx: Tx,
  { name, action, before }: { readonly name: string; readonly action: string; readonly before: DeploymentRecord | undefined },
  { actor, reason }: Authorship,
  { audit }: TrafficServices,
): Promise<DeploymentRecord> {
  const after = (await readDeployments(tx, { name }))[0]!
  const event = { action, subject: `deployment/${name}`, actor, before: shortOf(before), after: shortOf(after) }
  await audit.append(tx, { ...event, ...(reason === undefined ? {} : { reason }) })
  return after
}

/** What an audit entry keeps of a deployment: which versions share its traffic, under which contract, on what evidence. */
export function shortOf(record: DeploymentRecord | undefined): unknown {
  if (record === undefined) return undefined
  const { model, state, target, revision, contractDigest, variants } = record
  const versions = variants.map(({ name, role, version, share, checkId, contractDigest: own }) => ({
    ...{ variant: name, version, share, check: checkId },
    ...(role === 'shadow' ? { role } : {}),
    ...(own === undefined || own === contractDigest ? {} : { contract: own }),
  }))
  return { model, state, target, revision, contract: contractDigest, versions }
}
