/**
 * The record of retrainings. One has the id of its job, as a run has, so that the work and its record find each other after a
 * crash. At most one of a deployment has not ended, which an index of the store sees to.
 */
import type { Selectable } from 'kysely'
import type { Clock } from '../../../kernel/clock.ts'
import type { Authorship, PageRequest } from '../../../kernel/page.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { RetrainingTable } from '../../../platform/db/schema.ts'
import type { JobFailure } from '../../../platform/jobs/job-record.ts'
import { RetrainingAbandoned, RetrainingEnded, RetrainingNotFound, RetrainingRunning } from './errors.ts'
import type {
  RetrainingBeginning,
  RetrainingFindings,
  RetrainingKeeper,
  RetrainingRecord,
  RetrainingState,
} from './retraining.ts'

const ENDED: readonly string[] = ['done', 'failed', 'cancelled']
const FAILURE_LENGTH_MAX = 8_000
/** Who acts where no person does. */
const ACTOR = 'seaworthy'

interface Store {
  readonly db: Database
  readonly clock: Clock
  readonly audit: AuditTrail
}

export function createRetrainingRepository(store: Store): RetrainingKeeper {
  const { kysely } = store.db
  const first = async (query: { executeTakeFirst(): Promise<Selectable<RetrainingTable> | undefined> }) => {
    const row = await query.executeTakeFirst()
    return row === undefined ? undefined : toRecord(row)
  }
  const find = (id: string) => first(kysely.selectFrom('retraining').selectAll().where('id', '=', id))
  const findOpen = (deployment: string) =>
    first(kysely.selectFrom('retraining').selectAll().where('deployment', '=', deployment).where('finished_at', 'is', null))
  return Object.freeze<RetrainingKeeper>({
    find,
    findOpen,
    async get(id) {
      const found = await find(id)
      if (found === undefined) throw new RetrainingNotFound({ retraining: id.slice(0, 80) })
      return found
    },
    list: (deployment, page) => listOf(store, deployment, page),
    async begin(beginning, by) {
      const begun = await insert(store, beginning, by)
      if (begun !== undefined) return begun
      const [same, open] = [await find(beginning.id), await findOpen(beginning.deployment)]
      if (same !== undefined) return same
      const { id: retraining, state } = open ?? { id: '', state: 'done' }
      throw new RetrainingRunning({ deployment: beginning.deployment, retraining, state })
    },
    advance: (id, from, to, findings) => advance(store, id, { from, to, findings }),
    closeAbandoned: () => closeAbandoned(store),
  })
}

/** Ids sort by time. */
async function listOf({ db }: Store, deployment: string, { limit, cursor }: PageRequest) {
  let query = db.kysely.selectFrom('retraining').selectAll().where('deployment', '=', deployment)
  if (cursor !== undefined) query = query.where('id', '<', cursor)
  const rows = await query
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute()
  const items = rows.slice(0, limit).map(toRecord)
  return { items, ...(rows.length > limit ? { next: items.at(-1)!.id } : {}) }
}

/** Undefined when there is one with this id, or another that has not ended. */
async function insert({ db, clock, audit }: Store, of: RetrainingBeginning, by: Authorship) {
  return db.transaction(async (tx) => {
    const now = clock.now()
    const row = await tx
      .insertInto('retraining')
      .values({
        id: of.id,
        deployment: of.deployment,
        model: of.model,
        state: 'waiting',
        trigger_id: of.trigger,
        reason: of.reason.toWellFormed(),
        numbers: JSON.stringify(of.numbers),
        champion: of.champion,
        contract: of.contractText,
        contract_digest: of.contractDigest,
        folder: of.folder,
        as_of: of.asOf,
        created_at: now,
        created_by: by.actor,
        updated_at: now,
      } as never)
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) return undefined
    const after = { retraining: of.id, trigger: of.trigger, champion: of.champion, numbers: of.numbers }
    const subject = `deployment/${of.deployment}`
    await audit.append(tx, { action: 'retraining.begin', subject, actor: by.actor, reason: by.reason ?? of.reason, after })
    return toRecord(row)
  })
}

interface Advance {
  readonly from: RetrainingState
  readonly to: RetrainingState
  readonly findings: RetrainingFindings
}

async function advance({ db, clock, audit }: Store, id: string, { from, to, findings }: Advance): Promise<RetrainingRecord> {
  return db.transaction(async (tx) => {
    const now = clock.now()
    const isEnd = ENDED.includes(to)
    const row = await tx
      .updateTable('retraining')
      .set({ state: to, updated_at: now, ...(isEnd ? { finished_at: now } : {}), ...columnsOf(findings) })
      .where('id', '=', id)
      .where('state', '=', from)
      .where('finished_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) {
      const there = await tx.selectFrom('retraining').select('state').where('id', '=', id).executeTakeFirst()
      throw there === undefined
        ? new RetrainingNotFound({ retraining: id })
        : new RetrainingEnded({ retraining: id, state: there.state })
    }
    const record = toRecord(row)
    await audit.append(tx, {
      action: isEnd ? 'retraining.end' : 'retraining.advance',
      subject: `deployment/${record.deployment}`,
      actor: ACTOR,
      before: { retraining: id, state: from },
      after: { retraining: id, state: to, ...shortOf(findings) },
      ...(isEnd && record.explanation !== undefined ? { reason: record.explanation[0] } : {}),
    })
    return record
  })
}

/** What an audit entry keeps of the findings: which data, which versions, which evidence. */
const shortOf = ({ training, heldBack, warm, scratch, decision, winner, checkId, releaseId, failure }: RetrainingFindings) => ({
  ...(training === undefined ? {} : { data: training.data?.digest, rows: training.counts.rows }),
  ...(heldBack === undefined ? {} : { heldBack: heldBack.data?.digest, heldBackRows: heldBack.counts.rows }),
  ...(warm === undefined ? {} : { warm }),
  ...(scratch === undefined ? {} : { scratch }),
  ...(decision === undefined ? {} : { decision }),
  ...(winner === undefined ? {} : { winner }),
  ...(checkId === undefined ? {} : { check: checkId }),
  ...(releaseId === undefined ? {} : { release: releaseId }),
  ...(failure === undefined ? {} : { failure: failure.code }),
})

async function closeAbandoned(store: Store): Promise<number> {
  const rows = await store.db.kysely
    .selectFrom('retraining')
    .leftJoin('job', 'job.id', 'retraining.id')
    .select(['retraining.id', 'retraining.state', 'job.state as jobState', 'job.error as jobError'])
    .where('retraining.finished_at', 'is', null)
    .where((eb) => eb.or([eb('job.state', 'is', null), eb('job.state', 'not in', ['queued', 'running'])]))
    .execute()
  for (const { id, state, jobState, jobError } of rows) {
    const { code, message } =
      jobError === null ? new RetrainingAbandoned({ retraining: id }) : (JSON.parse(jobError) as JobFailure)
    const end = jobState === 'cancelled' ? 'cancelled' : 'failed'
    const findings = end === 'cancelled' ? {} : { failure: { code, message } }
    // Another process may have closed it meanwhile.
    await advance(store, id, { from: state as RetrainingState, to: end, findings }).catch((error: unknown) => {
      if (!(error instanceof RetrainingEnded)) throw error
    })
  }
  return rows.length
}

const DOCUMENTS = {
  training: 'training',
  heldBack: 'held_back',
  warm: 'warm',
  scratch: 'scratch',
  comparison: 'comparison',
  explanation: 'explanation',
} as const

function columnsOf(findings: RetrainingFindings): Partial<Omit<RetrainingTable, 'state'>> {
  const { decision, winner, checkId, releaseId, failure } = findings
  const documents = Object.entries(DOCUMENTS).flatMap(([name, column]) => {
    const value = findings[name as keyof typeof DOCUMENTS]
    return value === undefined ? [] : [[column, JSON.stringify(value)]]
  })
  return {
    ...(Object.fromEntries(documents) as Partial<RetrainingTable>),
    ...(decision === undefined ? {} : { decision }),
    ...(winner === undefined ? {} : { winner }),
    ...(checkId === undefined ? {} : { check_id: checkId }),
    ...(releaseId === undefined ? {} : { release_id: releaseId }),
    ...(failure === undefined
      ? {}
      : { failure: JSON.stringify({ ...failure, message: failure.message.slice(0, FAILURE_LENGTH_MAX) }) }),
  }
}

function toRecord(row: Selectable<RetrainingTable>): RetrainingRecord {
  const document = <K extends keyof RetrainingRecord>(name: K, text: string | null) =>
    (text === null ? {} : { [name]: JSON.parse(text) as RetrainingRecord[K] }) as Pick<RetrainingRecord, K>
  return Object.freeze<RetrainingRecord>({
    id: row.id,
    deployment: row.deployment,
    model: row.model,
    state: row.state as RetrainingState,
    trigger: row.trigger_id,
    reason: row.reason,
    numbers: JSON.parse(row.numbers) as RetrainingRecord['numbers'],
    champion: row.champion,
    contractText: row.contract,
    contractDigest: row.contract_digest,
    folder: row.folder,
    asOf: row.as_of,
    ...document('training', row.training),
    ...document('heldBack', row.held_back),
    ...document('warm', row.warm),
    ...document('scratch', row.scratch),
    ...document('comparison', row.comparison),
    ...(row.decision === null ? {} : { decision: row.decision as NonNullable<RetrainingRecord['decision']> }),
    ...document('explanation', row.explanation),
    ...(row.winner === null ? {} : { winner: row.winner }),
    ...(row.check_id === null ? {} : { checkId: row.check_id }),
    ...(row.release_id === null ? {} : { releaseId: row.release_id }),
    ...document('failure', row.failure),
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
  })
}
