/**
 * Proves the chain: recomputes every hash from the first entry to the head and names the first that does not fit. What it
 * finds by itself: an entry changed in any field, removed from the middle or the end, added, or reordered. What it cannot: a
 * log whose entries and head were both rewritten or cut; that shows against a checkpoint kept elsewhere.
 */
import { sql } from 'kysely'
import type { Database } from '../../../platform/db/database.ts'
import type { AuditEntryTable } from '../../../platform/db/schema.ts'
import type { AuditCheckpoint } from './audit-checkpoint.ts'
import { auditHash, GENESIS_HASH } from './audit-hash.ts'

/** Entries read at a time. */
const PAGE_ROWS = 1_000

export interface AuditVerdict {
  readonly whole: boolean
  /** Entries that were found in order, up to the first broken one. */
  readonly entries: number
  /** Hash of the last of them. */
  readonly head: string
  readonly broken?: { readonly sequence: number; readonly explanation: string }
}

interface VerifyOptions {
  readonly signal?: AbortSignal
  readonly checkpoints?: readonly AuditCheckpoint[]
}

export async function verifyChain(db: Database, { signal, checkpoints = [] }: VerifyOptions): Promise<AuditVerdict> {
  const end = await endOf(db)
  let entries = 0
  let head = GENESIS_HASH
  const broken = (sequence: number, explanation: string): AuditVerdict =>
    Object.freeze({ whole: false, entries, head, broken: { sequence, explanation } })
  if (end.sequence === undefined) return broken(1, 'the head of the chain is missing')
  const expected = new Map(checkpoints.map(({ sequence, hash }) => [sequence, hash]))
  for await (const row of rowsUpTo(db, end.sequence, signal)) {
    const problem = problemOf(row, entries + 1, head)
    if (problem !== undefined) return broken(entries + 1, problem)
    const kept = expected.get(row.sequence)
    if (kept !== undefined && kept !== row.hash)
      return broken(row.sequence, 'it differs from the checkpoint that was exported when it was written; the log was rewritten')
    entries = row.sequence
    head = row.hash
  }
  if (entries < end.sequence) return broken(entries + 1, `it is missing: the head says there are ${end.sequence} entries`)
  if (head !== end.hash) return broken(Math.max(1, entries), 'its hash is not the one in the head; one of the two was changed')
  if (end.last > end.sequence) return broken(end.sequence + 1, `it stands behind the head, which ends at ${end.sequence}`)
  const lost = checkpoints.filter(({ sequence }) => sequence > entries).toSorted((a, b) => a.sequence - b.sequence)[0]
  if (lost !== undefined)
    return broken(entries + 1, `it is missing: a checkpoint was exported at entry ${lost.sequence}; the log was cut at its end`)
  return Object.freeze({ whole: true, entries, head })
}

/** The head and the last entry, seen at one moment, so that appends in the meantime do not look like damage. */
async function endOf(db: Database): Promise<{ sequence: number | undefined; hash: string; last: number }> {
  const row = await db.kysely
    .selectFrom('audit_head')
    .select(['sequence', 'hash', sql<number | null>`(select max(sequence) from audit_entry)`.as('last')])
    .where('id', '=', 1)
    .executeTakeFirst()
  return { sequence: row && Number(row.sequence), hash: row?.hash ?? '', last: Number(row?.last ?? 0) }
}

async function* rowsUpTo(db: Database, sequence: number, signal: AbortSignal | undefined): AsyncGenerator<AuditEntryTable> {
  for (let after = Number.MIN_SAFE_INTEGER; ;) {
    signal?.throwIfAborted()
    const rows = await db.kysely
      .selectFrom('audit_entry')
      .selectAll()
      .where('sequence', '>', after)
      .where('sequence', '<=', sequence)
      .orderBy('sequence')
      .limit(PAGE_ROWS)
      .execute()
    for (const row of rows) yield { ...row, sequence: Number(row.sequence), time: Number(row.time) }
    if (rows.length < PAGE_ROWS) return
    after = Number(rows.at(-1)!.sequence)
  }
}

/** What is wrong with the row at place `sequence`, or undefined. */
function problemOf(row: AuditEntryTable, sequence: number, previousHash: string): string | undefined {
  if (row.sequence < sequence) return `entry ${row.sequence} stands before the first`
  if (row.sequence > sequence) return `it is missing: entry ${row.sequence} follows entry ${sequence - 1}`
  if (row.previous_hash !== previousHash)
    return sequence === 1 ? 'it does not begin the chain' : `it does not follow entry ${sequence - 1}: one of the two was changed`
  return auditHash(row) === row.hash ? undefined : 'its content does not fit its hash; it was changed after it was written'
}
