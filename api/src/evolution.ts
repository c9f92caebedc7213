import { z } from 'zod'
import { defineEndpoint, Digest, Name, PageQuery, pageOf, TimeMs, VersionNumber } from './endpoint.ts'
import { CheckReport, Verdict } from './check-report.ts'
import { UploadedFile } from './model.ts'
import { Accepted } from './platform.ts'

const OfVersion = z.object({ model: Name, version: VersionNumber })

export const Check = z.object({
  id: z.string(),
  model: Name,
  version: z.int(),
  contractDigest: Digest,
  snapshotDigest: Digest,
  verdict: Verdict,
  createdAt: TimeMs,
  createdBy: z.string(),
})
export type Check = z.infer<typeof Check>
/** `report` is the stored, signed document: gates, verdicts, numbers. `text` is the same for a terminal, a line an entry. */
export const CheckDetail = Check.extend({
  report: CheckReport,
  text: z.array(z.string()),
  signature: z.string(),
  keyId: z.string(),
  genuine: z.boolean().describe('The signature belongs to this report and to a trusted key.'),
})
export type CheckDetail = z.infer<typeof CheckDetail>

export const runCheck = defineEndpoint({
  id: 'runCheck',
  method: 'POST',
  path: '/v1/models/:model/versions/:version/checks',
  summary: 'Run every gate of the contract against a version. The result of the job is a Check',
  layer: 'evolution',
  params: OfVersion,
  body: z.strictObject({
    contract: z.string().max(262_144).optional().describe('Text of seaworthy.yaml. Default: the one in the package.'),
    evaluation: UploadedFile.optional().describe('Data with outcomes; pinned for this model. Default: the snapshot pinned last.'),
  }),
  reply: Accepted,
})
export const listChecks = defineEndpoint({
  id: 'listChecks',
  method: 'GET',
  path: '/v1/models/:model/versions/:version/checks',
  summary: 'Checks of a version, newest first',
  layer: 'evolution',
  params: OfVersion,
  query: PageQuery,
  reply: pageOf(Check),
})
export const getCheck = defineEndpoint({
  id: 'getCheck',
  method: 'GET',
  path: '/v1/checks/:check',
  summary: 'One check with its signed report',
  layer: 'evolution',
  params: z.object({ check: z.string().min(1).max(64) }),
  reply: CheckDetail,
})
