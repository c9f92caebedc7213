/** The contract as pages read and change it, and what a change of traffic will do before anybody does it. */
import { z } from 'zod'
import { defineEndpoint, Digest, Name, PageQuery, pageOf, Reason, TimeMs } from './endpoint.ts'
import { Release } from './release.ts'
import { Deployment } from './serving.ts'

const Text = z.string().max(262_144).describe('Text of seaworthy.yaml.')
const OfDeployment = z.object({ deployment: Name })

export const ContractProblem = z.object({
  line: z.int().describe('From 1.'),
  column: z.int(),
  path: z.string().describe('`sufficient.quality.roc-auc.min`, as in the file; empty for the whole.'),
  message: z.string(),
})
export const ContractDifference = z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })
export const validateContract = defineEndpoint({
  id: 'validateContract',
  method: 'POST',
  path: '/v1/contracts/validate',
  summary: 'Every problem of a contract with its place, or what it says; and what it changes for a deployment',
  layer: 'collaboration',
  body: z.strictObject({ contract: Text, deployment: Name.optional().describe('Held against the contract of this one.') }),
  reply: z.object({
    valid: z.boolean(),
    problems: z.array(ContractProblem).describe('30 at most, in the order of the file.'),
    contract: z.unknown().optional().describe('What it says, with every default.'),
    digest: Digest.optional(),
    differences: z.array(ContractDifference).optional(),
    check: z
      .object({ id: z.string(), verdict: z.enum(['pass', 'fail', 'not-enough-data']) })
      .optional()
      .describe('The last one of the champion under this contract.'),
  }),
})
export const getContractSchema = defineEndpoint({
  id: 'getContractSchema',
  method: 'GET',
  path: '/v1/contracts/schema',
  summary: 'JSON Schema of seaworthy.yaml: for completion, and to explain every key',
  layer: 'collaboration',
  reply: z.record(z.string(), z.unknown()),
})
export const Agreement = z.object({
  digest: Digest,
  text: z.string(),
  from: TimeMs.describe('In force from then until the next one.'),
  version: z.int(),
  by: z.string(),
  reason: z.string().optional(),
  how: z.enum(['launch', 'release', 'rollback']),
  check: z.string().optional(),
  override: z.string().optional(),
  approvals: z.array(z.object({ actor: z.string(), comment: z.string().optional(), at: TimeMs })),
  differences: z.array(ContractDifference).describe('From the one before.'),
})
export const getContract = defineEndpoint({
  id: 'getContract',
  method: 'GET',
  path: '/v1/deployments/:deployment/contract',
  summary: 'The contract of a deployment: its text, what it says, and who agreed to it when',
  layer: 'collaboration',
  params: OfDeployment,
  reply: z.object({
    deployment: Name,
    text: z.string(),
    contract: z.unknown(),
    digest: Digest,
    agreements: z.array(Agreement).describe('Newest first, one for each change.'),
  }),
})
export const changeContract = defineEndpoint({
  id: 'changeContract',
  method: 'POST',
  path: '/v1/deployments/:deployment/contract',
  summary:
    'Let the champion go on under another contract. Refused without a passing check of it under this contract, unless an override gives its reason',
  layer: 'collaboration',
  params: OfDeployment,
  body: z.strictObject({ contract: Text, reason: Reason, override: Reason.optional() }),
  reply: Deployment,
})

/** A release that waits, and what it would change. */
export const WaitingApproval = z.object({
  release: Release,
  approvals: z.array(z.object({ actor: z.string(), comment: z.string().optional(), at: TimeMs })),
  left: z.int().describe('People who must still approve.'),
  mayApprove: z.boolean().describe('May the one who asks? Not its author, and not twice.'),
  differences: z.array(ContractDifference).describe('Of the contract.'),
})
export const listApprovals = defineEndpoint({
  id: 'listApprovals',
  method: 'GET',
  path: '/v1/approvals',
  summary: 'What waits for somebody to approve it, oldest first, with what it would change',
  layer: 'collaboration',
  query: PageQuery,
  reply: pageOf(WaitingApproval),
})

export const Outlook = z.object({
  deployment: Name,
  action: z.enum(['rollback', 'promote', 'abort', 'hold']),
  possible: z.boolean(),
  explanation: z.string().optional().describe('Why it is not possible.'),
  from: z.int().optional().describe('The version that answers most requests now.'),
  to: z.int().optional().describe('The version that will answer all of them.'),
  former: z.array(z.int()).optional().describe('Versions that a rollback may name, nearest first.'),
  atOnce: z.boolean().describe('The version is loaded: it takes effect between two requests.'),
  endsRelease: z.string().optional(),
  skips: z.array(z.string()).optional().describe('Steps of the release that will not be run.'),
  requestsPerSecond: z.number().describe('That it concerns, over the last ten seconds.'),
  differences: z.array(ContractDifference).describe('Of the contract.'),
  sentences: z.array(z.string()).describe('What will happen, in words.'),
})
export type Outlook = z.infer<typeof Outlook>
export const getOutlook = defineEndpoint({
  id: 'getOutlook',
  method: 'GET',
  path: '/v1/deployments/:deployment/outlook',
  summary: 'What a rollback, a promotion or an abort will do. Does nothing',
  layer: 'evolution',
  params: OfDeployment,
  query: z.object({
    action: z.enum(['rollback', 'promote', 'abort', 'hold']),
    to: z.coerce.number().int().min(1).optional().describe('Of a rollback: another version than the one before.'),
  }),
  reply: Outlook,
})
