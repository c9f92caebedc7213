/** The door of the collaboration layer: who agreed to what. */
export { AUDIT_FIELD_BYTES_MAX, createAuditTrail } from './audit/audit-trail.ts'
export { type AuditEntry, type AuditLog, type AuditQuery, createAuditLog } from './audit/audit-log.ts'
export type { AuditVerdict } from './audit/audit-chain.ts'
export { AuditCheckpoint, type CheckpointKey, isGenuineCheckpoint } from './audit/audit-checkpoint.ts'
export { AuditCursorInvalid, AuditEventTooLarge, CheckpointForeign } from './audit/errors.ts'
