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
import { formerOf, readChampions } from './champion-history.ts'
import type { DeploymentRecord, DeploymentRepository, ServedVersion } from './deployment.ts'
import { readDeployments } from './deployment-record.ts'
import { DeploymentNameInvalid, DeploymentNotFound, DeploymentOfOtherModel } from './errors.ts'
import { addStandby, auditTraffic, crown, moveTraffic, shortOf } from './traffic-records.ts'

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
    async launch(launch, also) {
      if (!NAME.test(launch.name)) throw new DeploymentNameInvalid({ deployment: launch.name.slice(0, 100) })
      return db.transaction(async (tx) => {
        const record = await putLive(tx, launch, services)
        await also?.(tx)
        return record
      })
    },
    async stop(name, by) {
      const stopped = await db.transaction((tx) => takeDown(tx, name, by, services))
      return stopped ?? get(name)
    },
    moveTraffic: (tx, change, by) => moveTraffic(tx, change, by, services),
    async listChampions(name, { limit, cursor }) {
      await get(name)
      const before = cursor !== undefined && /^\d{1,9}$/.test(cursor) ? Number(cursor) : undefined
      const records = await readChampions(db.kysely, name, { before, limit: limit + 1 })
      const items = records.slice(0, limit)
      return records.length > limit ? { items, next: String(items.at(-1)!.revision) } : { items }
    },
    listFormer: async (name) => formerOf(await readChampions(db.kysely, name)),
  })
}

async function notFound(db: Database, name: string): Promise<Error> {
  const rows = await db.kysely.selectFrom('deployment').select('name').orderBy('name').limit(NAMES_COMPARED_MAX).execute()
  const names = rows.map((row) => row.name)
  const deployment = name.slice(0, 100)
  return new DeploymentNotFound({ deployment, nearest: nearest(deployment, names), known: names.slice(0, NAMES_SHOWN_MAX) })
}

async function putLive(tx: Tx, launch: Launch, services: Services): Promise<DeploymentRecord> {
  const { name, model, target, contractText, contractDigest, overrideReason } = launch
  const now = services.clock.now()
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
  await crown(tx, { ...servedOf(launch), name, revision, how: 'launch' }, launch, services)
  await addStandby(tx, name)
  const { actor } = launch
  const after = await auditTraffic(tx, { name, action: 'deployment.launch', before }, launch, services)
  if (overrideReason !== undefined) {
    const event = { subject: `deployment/${name}`, actor, before: shortOf(before), after: shortOf(after) }
    await services.audit.append(tx, { ...event, action: 'deployment.override', reason: overrideReason })
  }
  return after
}

const servedOf = ({ version, contractText, contractDigest, checkId, overrideReason }: ServedVersion): ServedVersion => ({
  ...{ version, contractText, contractDigest, checkId, overrideReason },
})

/** Undefined when there is nothing live of this name. */
async function takeDown(tx: Tx, name: string, by: Authorship, services: Services): Promise<DeploymentRecord | undefined> {
  const raised = await tx
    .updateTable('deployment')
    .set((eb) => ({ state: 'stopped', revision: eb('revision', '+', 1), updated_at: services.clock.now() }))
    .where('name', '=', name)
    .where('state', '=', 'live')
    .returning('revision')
    .executeTakeFirst()
  if (raised === undefined) return undefined
  const now = (await readDeployments(tx, { name }))[0]!
  const before = { ...now, state: 'live' as const, revision: raised.revision - 1 }
  return auditTraffic(tx, { name, action: 'deployment.stop', before }, by, services)
}
