/**
 * Appends to the audit log. The head row names the last entry; raising it first locks it until the transaction ends, on
 * PostgreSQL by its row lock and on SQLite by the write lock, so two appends never follow the same entry and the chain has
 * neither fork nor gap. A transaction that is rolled back takes its entry with it.
 */
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { AuditEvent, AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { AuditEntryTable } from '../../../platform/db/schema.ts'
import { auditHash } from './audit-hash.ts'
import { AuditEventTooLarge } from './errors.ts'

/** Largest `before`, `after` and `reason` of an entry, in bytes. An entry tells of a change and does not hold the data. */
export const AUDIT_FIELD_BYTES_MAX = 64 * 1024

export function createAuditTrail({ clock }: { readonly clock: Clock }): AuditTrail {
  return Object.freeze<AuditTrail>({
    async append(tx, event) {
      const fields = storedFields(event)
      const head = await tx
        .updateTable('audit_head')
        .set((eb) => ({ sequence: eb('sequence', '+', 1) }))
        .where('id', '=', 1)
        .returning(['sequence', 'hash'])
        .executeTakeFirstOrThrow()
      const entry = { sequence: Number(head.sequence), time: clock.now(), ...fields, previous_hash: head.hash }
      const hash = auditHash(entry)
      await tx
        .insertInto('audit_entry')
        .values({ ...entry, hash })
        .execute()
      await tx.updateTable('audit_head').set({ hash }).where('id', '=', 1).execute()
    },
  })
}

type Fields = Pick<AuditEntryTable, 'actor' | 'action' | 'subject' | 'before' | 'after' | 'reason'>

function storedFields(event: AuditEvent): Fields {
  const fields: Fields = {
    actor: plain(event.actor),
    action: plain(event.action),
    subject: plain(event.subject),
    before: event.before === undefined ? null : plain(canonicalJson(event.before)),
    after: event.after === undefined ? null : plain(canonicalJson(event.after)),
    reason: event.reason === undefined ? null : plain(event.reason),
  }
  for (const [field, text] of Object.entries(fields)) {
    const bytes = Buffer.byteLength(text ?? '')
    if (bytes > AUDIT_FIELD_BYTES_MAX)
      throw new AuditEventTooLarge({ action: event.action.slice(0, 100), field, bytes, bytesMax: AUDIT_FIELD_BYTES_MAX })
  }
  return fields
}

/** Text that both databases give back unchanged: PostgreSQL stores no NUL, and neither stores half of a surrogate pair. */
const plain = (text: string): string => text.toWellFormed().replaceAll('\0', '\u{fffd}')
