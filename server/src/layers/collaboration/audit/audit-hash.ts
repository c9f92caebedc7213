/**
 * The hash of an audit entry, and so the form of the chain:
 *
 *     hash(n) = sha256( canonical JSON of { action, actor, after, before, previousHash, reason, sequence, subject, time } )
 *     previousHash(n) = hash(n - 1),   previousHash(1) = 64 zeros
 *
 * Every stored field is inside, and `before` and `after` as the very text that is stored, so that any change of a row changes
 * its hash, and through `previousHash` the hash of every later row. The form is frozen: a new field needs a new kind of entry.
 */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import type { AuditEntryTable } from '../../../platform/db/schema.ts'

export const GENESIS_HASH = '0'.repeat(64)

/** 64 hexadecimal digits. */
export function auditHash(entry: Omit<AuditEntryTable, 'hash'>): string {
  const { sequence, time, actor, action, subject, before, after, reason, previous_hash: previousHash } = entry
  const text = canonicalJson({ sequence, time, actor, action, subject, before, after, reason, previousHash })
  return createHash('sha256').update(text).digest('hex')
}
