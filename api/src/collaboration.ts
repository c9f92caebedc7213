import { z } from 'zod'
import { defineEndpoint, PageQuery, pageOf, TimeMs } from './endpoint.ts'

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
