import { defineError } from '../../../kernel/errors.ts'

/** An audit entry that holds more than an entry should. HTTP 413. */
export const AuditEventTooLarge = defineError({
  code: 'AUDIT_EVENT_TOO_LARGE',
  status: 413,
  message: (d: { action: string; field: string; bytes: number; bytesMax: number }) =>
    `The ${d.field} of audit entry ${d.action} has ${d.bytes} bytes; at most ${d.bytesMax} are kept.`,
  hint: () => 'Record names, digests and numbers, and keep the data itself in a blob or a snapshot.',
})

/** A page that does not exist. HTTP 422. */
export const AuditCursorInvalid = defineError({
  code: 'AUDIT_CURSOR_INVALID',
  status: 422,
  message: (d: { cursor: string }) => `"${d.cursor}" is no cursor of the audit log.`,
  hint: () => 'Use `next` of the page before, or none for the newest entries.',
})

/** A checkpoint that this installation did not sign, or that was changed since. HTTP 422. */
export const CheckpointForeign = defineError({
  code: 'CHECKPOINT_FOREIGN',
  status: 422,
  message: (d: { keyId: string; sequence: number }) =>
    `The checkpoint at entry ${d.sequence} is not signed by the key of this installation; it names the key ${d.keyId}.`,
  hint: () => 'Take a file that `seaworthy audit export` wrote for this installation, unchanged.',
})
