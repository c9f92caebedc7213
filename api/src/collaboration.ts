import { z } from 'zod'
import { defineEndpoint, Digest, PageQuery, pageOf, TimeMs } from './endpoint.ts'

export const AuditEntry = z.object({
  sequence: z.int(),
  time: TimeMs,
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  reason: z.string().optional(),
  previousHash: z.string(),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const listAudit = defineEndpoint({
  id: 'listAudit',
  method: 'GET',
  path: '/v1/audit',
  summary: 'Changes of state, newest first: who, what, when, before, after, why',
  layer: 'collaboration',
  query: PageQuery.extend({ subject: z.string().max(200).optional(), action: z.string().max(100).optional() }),
  reply: pageOf(AuditEntry),
})
export const AuditVerdict = z.object({
  whole: z.boolean(),
  entries: z.int(),
  head: z.string(),
  broken: z.object({ sequence: z.int(), explanation: z.string() }).optional(),
})
export const verifyAudit = defineEndpoint({
  id: 'verifyAudit',
  method: 'GET',
  path: '/v1/audit/verify',
  summary: 'Recompute the chain of hashes and say whether it is whole',
  layer: 'collaboration',
  reply: AuditVerdict,
})

/** The end of the chain at one moment, signed: kept elsewhere, it shows a log that was cut or rewritten as a whole. */
export const AuditCheckpoint = z.strictObject({
  format: z.literal('seaworthy-audit-checkpoint/1'),
  sequence: z.int().min(0),
  hash: Digest,
  time: TimeMs,
  keyId: z.string().max(100),
  signature: z.string().max(200).describe('Ed25519 over the canonical JSON of the other members, base64.'),
})
export type AuditCheckpoint = z.infer<typeof AuditCheckpoint>
export const exportAuditHead = defineEndpoint({
  id: 'exportAuditHead',
  method: 'GET',
  path: '/v1/audit/head',
  summary: 'The end of the chain, signed, to be kept elsewhere',
  layer: 'collaboration',
  reply: AuditCheckpoint,
})
export const verifyAuditAgainst = defineEndpoint({
  id: 'verifyAuditAgainst',
  method: 'POST',
  path: '/v1/audit/verify',
  summary: 'Recompute the chain and hold it against a head that was exported earlier',
  layer: 'collaboration',
  body: z.strictObject({ checkpoint: AuditCheckpoint }),
  reply: AuditVerdict,
})
