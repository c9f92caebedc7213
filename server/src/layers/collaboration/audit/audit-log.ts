/** Reads the audit log: pages for people, the whole chain for the proof, and the head for safe keeping elsewhere. */
import { sql } from 'kysely'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { AuditEntryTable } from '../../../platform/db/schema.ts'
import { type AuditCheckpoint, type CheckpointKey, createCheckpoint } from './audit-checkpoint.ts'
import { type AuditVerdict, verifyChain } from './audit-chain.ts'
import { AuditCursorInvalid } from './errors.ts'

export interface AuditEntry {
  readonly sequence: number
  /** Milliseconds since 1970 in UTC. */
  readonly time: number
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly before?: unknown
  readonly after?: unknown
  readonly reason?: string
  readonly previousHash: string
  readonly hash: string
}

export interface AuditQuery {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly subject?: string | undefined
  readonly action?: string | undefined
  readonly actor?: string | undefined
}

export interface AuditLog {
  /** Newest first. Filters are exact, and a `subject` also finds what begins with it and `@` or `/` (all versions of a model). */
  list(query: AuditQuery): Promise<{ readonly items: readonly AuditEntry[]; readonly next?: string }>
  /** Recomputes the chain, in pages, and holds it against `checkpoints` that were exported earlier. */
  verify(options?: { readonly signal?: AbortSignal; readonly checkpoints?: readonly AuditCheckpoint[] }): Promise<AuditVerdict>
  /** The end of the chain as it is now, signed: kept elsewhere, it shows a log that was cut or rewritten as a whole. */
  exportHead(key: CheckpointKey): Promise<AuditCheckpoint>
}

export function createAuditLog({ db, clock }: { readonly db: Database; readonly clock: Clock }): AuditLog {
  return Object.freeze<AuditLog>({
    list: (query) => listEntries(db, query),
    verify: (options = {}) => verifyChain(db, options),
    async exportHead(key) {
      const head = await db.kysely.selectFrom('audit_head').selectAll().where('id', '=', 1).executeTakeFirstOrThrow()
      return createCheckpoint({ sequence: Number(head.sequence), hash: head.hash, time: clock.now() }, key)
    },
  })
}

async function listEntries(db: Database, { limit, cursor, subject, action, actor }: AuditQuery) {
  const before = cursor === undefined ? undefined : Number(cursor)
  if (before !== undefined && !(Number.isSafeInteger(before) && before > 0))
    throw new AuditCursorInvalid({ cursor: cursor!.slice(0, 100) })
  let query = db.kysely.selectFrom('audit_entry').selectAll().orderBy('sequence', 'desc')
  if (before !== undefined) query = query.where('sequence', '<', before)
  if (action !== undefined) query = query.where('action', '=', action)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (subject !== undefined)
    query = query.where((eb) =>
      eb.or([
        eb('subject', '=', subject),
        // '@' and '/' end a name. A prefix by substr, because in LIKE a name may hold wildcards and SQLite ignores case.
        sql<boolean>`substr(subject, 1, ${[...subject].length + 1}) in (${`${subject}@`}, ${`${subject}/`})`,
      ]),
    )
  const rows = await query.limit(limit + 1).execute()
  const items = rows.slice(0, limit).map(entryOf)
  return rows.length > limit ? { items, next: String(items.at(-1)!.sequence) } : { items }
}

function entryOf(row: AuditEntryTable): AuditEntry {
  return {
    sequence: Number(row.sequence),
    time: Number(row.time),
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    ...(row.before === null ? {} : { before: documentOf(row.before) }),
    ...(row.after === null ? {} : { after: documentOf(row.after) }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    previousHash: row.previous_hash,
    hash: row.hash,
  }
}

/** A row that was tampered with is still shown, as the text that it holds; `verify` is what complains. */
function documentOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
