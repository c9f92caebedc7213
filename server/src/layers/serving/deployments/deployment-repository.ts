/**
 * Deployments and who may see them change. Every change raises the revision by a statement that comes first in its
 * transaction and so locks the row: two launches at once follow each other, and the audit entry of the second has the first
 * as its `before`.
 */
import type { Clock } from '../../../kernel/clock.ts'
import { nearest } from '../../../kernel/nearest.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { DeploymentRecord, DeploymentRepository } from './deployment.ts'
import { readDeployments } from './deployment-record.ts'
import { DeploymentNameInvalid, DeploymentNotFound, DeploymentOfOtherModel } from './errors.ts'

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/
/** Names that a message lists. */
const NAMES_SHOWN_MAX = 20
/** Names among which the nearest is looked for. */
const NAMES_COMPARED_MAX = 1_000

interface Services {
  readonly db: Database
  readonly clock: Clock
  readonly audit: AuditTrail
}
type Launch = Parameters<DeploymentRepository['launch']>[0]

export function createDeploymentRepository(services: Services): DeploymentRepository {
  const { db } = services
  const find = async (name: string) => (await readDeployments(db.kysely, { name }))[0]
  const get = async (name: string) => (await find(name)) ?? Promise.reject(await notFound(db, name))
  return Object.freeze<DeploymentRepository>({
    find,
    get,
    async list({ limit, cursor }) {
      const records = await readDeployments(db.kysely, { after: cursor, limit: limit + 1 })
      const items = records.slice(0, limit)
      return records.length > limit ? { items, next: items.at(-1)!.name } : { items }
    },
    listLive: () => readDeployments(db.kysely, { state: 'live' }),
    async launch(launch) {
      if (!NAME.test(launch.name)) throw new DeploymentNameInvalid({ deployment: launch.name.slice(0, 100) })
      return db.transaction((tx) => putLive(tx, launch, services))
    },
    async stop(name, by) {
      const stopped = await db.transaction((tx) => takeDown(tx, name, by, services))
      return stopped ?? get(name)
    },
  })
}

async function notFound(db: Database, name: string): Promise<Error> {
  const rows = await db.kysely.selectFrom('deployment').select('name').orderBy('name').limit(NAMES_COMPARED_MAX).execute()
  const names = rows.map((row) => row.name)
  const deployment = name.slice(0, 100)
  return new DeploymentNotFound({ deployment, nearest: nearest(deployment, names), known: names.slice(0, NAMES_SHOWN_MAX) })
}

async function putLive(tx: Tx, launch: Launch, { clock, audit }: Services): Promise<DeploymentRecord> {
  const { name, model, version, target, contractText, contractDigest, checkId, overrideReason, actor, reason } = launch
  const now = clock.now()
  const said = { target, contract: contractText, contract_digest: contractDigest, state: 'live', updated_at: now }
  const { revision } = await tx
    .insertInto('deployment')
    .values({ name, model, ...said, revision: 1, created_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((eb) => ({ revision: eb('deployment.revision', '+', 1) })))
    .returning('revision')
    .executeTakeFirstOrThrow()
  const [locked] = revision === 1 ? [] : await readDeployments(tx, { name })
  const before = locked && { ...locked, revision: revision - 1 }
  if (before !== undefined && before.model !== model)
    throw new DeploymentOfOtherModel({ deployment: name, model: before.model, asked: model })
  await tx.updateTable('deployment').set(said).where('name', '=', name).execute()
  await tx.deleteFrom('variant').where('deployment', '=', name).execute()
  await tx
    .insertInto('variant')
    .values({
      deployment: name,
      name: 'champion',
      version,
      share: 1,
      check_id: checkId ?? null,
      override_reason: overrideReason ?? null,
      launched_at: now,
      launched_by: actor,
    })
    .execute()
  const after = (await readDeployments(tx, { name }))[0]!
  const event = { subject: `deployment/${name}`, actor, before: shortOf(before), after: shortOf(after) }
  await audit.append(tx, { ...event, action: 'deployment.launch', ...(reason === undefined ? {} : { reason }) })
  if (overrideReason !== undefined) await audit.append(tx, { ...event, action: 'deployment.override', reason: overrideReason })
  return after
}

/** Undefined when there is nothing live of this name. */
async function takeDown(
  tx: Tx,
  name: string,
  { actor, reason }: Authorship,
  { clock, audit }: Services,
): Promise<DeploymentRecord | undefined> {
  const raised = await tx
    .updateTable('deployment')
    .set((eb) => ({ state: 'stopped', revision: eb('revision', '+', 1), updated_at: clock.now() }))
    .where('name', '=', name)
    .where('state', '=', 'live')
    .returning('revision')
    .executeTakeFirst()
  if (raised === undefined) return undefined
  const after = (await readDeployments(tx, { name }))[0]!
  await audit.append(tx, {
    action: 'deployment.stop',
    subject: `deployment/${name}`,
    actor,
    before: shortOf({ ...after, state: 'live', revision: after.revision - 1 }),
    after: shortOf(after),
    ...(reason === undefined ? {} : { reason }),
  })
  return after
}

/** What an audit entry keeps of a deployment: which versions share its traffic, under which contract, on what evidence. */
function shortOf(record: DeploymentRecord | undefined): unknown {
  if (record === undefined) return undefined
  const { model, state, target, revision, contractDigest, variants } = record
  const versions = variants.map(({ name, version, share, checkId }) => ({ variant: name, version, share, check: checkId }))
  return { model, state, target, revision, contract: contractDigest, versions }
}
