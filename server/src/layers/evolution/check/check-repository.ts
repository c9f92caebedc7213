/**
 * Reports of checks, kept for ever and signed. What is stored is the text that was signed, byte for byte; a report is genuine
 * when the signature belongs to that text and to the key of this installation, and the columns that are searched by say
 * what the text says. Only a genuine one lets a version out, so a row that somebody wrote into the database opens nothing.
 */
import type { Selectable } from 'kysely'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { CheckTable } from '../../../platform/db/schema.ts'
import { isSignedBy, type SigningKey } from '../../../platform/keys/signing-key.ts'
import type { CheckRecord, CheckReport, CheckRepository, Verdict } from './check.ts'
import { checkText } from './check-text.ts'
import { CheckNotFound } from './errors.ts'

/** Passing checks of one version and contract that are looked through for a genuine one, newest first. */
const CANDIDATES_MAX = 100

export interface CheckStore extends CheckRepository {
  /** Signs and keeps a report; recorded as `check.run`. */
  add(report: CheckReport): Promise<CheckRecord>
}

interface Services {
  readonly db: Database
  readonly key: Pick<SigningKey, 'keyId' | 'publicKey' | 'sign'>
  readonly audit: AuditTrail
}

export function createCheckRepository({ db, key, audit }: Services): CheckStore {
  const ofVersion = (model: string, version: number) =>
    db.kysely
      .selectFrom('check_report')
      .selectAll()
      .where('model', '=', model)
      .where('version', '=', version)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
  return Object.freeze<CheckStore>({
    add: (report) => addReport(report, { db, key, audit }),
    async list(model, version, { limit, cursor }) {
      const before = cursor === undefined ? undefined : placeOf(cursor)
      let query = ofVersion(model, version).limit(limit + 1)
      if (before !== undefined)
        query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(before.createdAt, before.id)))
      const rows = await query.execute()
      const items = rows.slice(0, limit).map(recordOf)
      const last = items.at(-1)
      return rows.length > limit && last !== undefined ? { items, next: `${last.createdAt}.${last.id}` } : { items }
    },
    async get(id) {
      const row = await db.kysely.selectFrom('check_report').selectAll().where('id', '=', id).executeTakeFirst()
      if (row === undefined) throw new CheckNotFound({ check: id.slice(0, 100) })
      const report = JSON.parse(row.report) as CheckReport
      const { signature, key_id: keyId } = row
      return { ...recordOf(row), report, text: checkText(report), signature, keyId, genuine: isGenuine(row, key) }
    },
    async findPassing(model, version, contractDigest) {
      const passing = ofVersion(model, version).where('contract_digest', '=', contractDigest).where('verdict', '=', 'pass')
      const rows = await passing.limit(CANDIDATES_MAX).execute()
      const genuine = rows.find((row) => isGenuine(row, key))
      return genuine === undefined ? undefined : recordOf(genuine)
    },
    async findFailureAfter({ model, version, contractDigest, createdAt, id }) {
      const row = await ofVersion(model, version)
        .where('contract_digest', '=', contractDigest)
        .where('verdict', '=', 'fail')
        .where((eb) => eb(eb.refTuple('created_at', 'id'), '>', eb.tuple(createdAt, id)))
        .limit(1)
        .executeTakeFirst()
      return row && recordOf(row)
    },
  })
}

async function addReport(report: CheckReport, { db, key, audit }: Services): Promise<CheckRecord> {
  const { id, model, version, contractDigest, snapshotDigest, verdict, createdAt, createdBy } = report
  const text = canonicalJson(report)
  const row = {
    id,
    model,
    version,
    contract_digest: contractDigest,
    snapshot_digest: snapshotDigest,
    verdict,
    report: text,
    signature: key.sign(text),
    key_id: key.keyId,
    created_at: createdAt,
    created_by: createdBy,
  }
  await db.transaction(async (tx) => {
    await tx.insertInto('check_report').values(row).execute()
    const after = { check: id, verdict, contract: contractDigest, snapshot: snapshotDigest }
    await audit.append(tx, { action: 'check.run', subject: `${model}@${version}`, actor: createdBy, after })
  })
  return recordOf(row)
}

/** Where a page ended: time and id. A cursor that nobody gave begins at the newest. */
function placeOf(cursor: string): { createdAt: number; id: string } | undefined {
  const [, createdAt, id] = /^(\d{1,15})\.(.{1,64})$/.exec(cursor) ?? []
  return createdAt === undefined || id === undefined ? undefined : { createdAt: Number(createdAt), id }
}

const recordOf = (row: Selectable<CheckTable>): CheckRecord => ({
  id: row.id,
  model: row.model,
  version: row.version,
  contractDigest: row.contract_digest,
  snapshotDigest: row.snapshot_digest,
  verdict: row.verdict as Verdict,
  createdAt: row.created_at,
  createdBy: row.created_by,
})

function isGenuine(row: Selectable<CheckTable>, { keyId, publicKey }: Pick<SigningKey, 'keyId' | 'publicKey'>): boolean {
  if (row.key_id !== keyId || !isSignedBy(publicKey, row.report, row.signature)) return false
  const report = JSON.parse(row.report) as CheckReport
  return Object.entries(recordOf(row)).every(([name, value]) => report[name as keyof CheckRecord] === value)
}
