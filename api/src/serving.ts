import { z } from 'zod'
import { defineEndpoint, Digest, Name, PageQuery, pageOf, Reason, TimeMs } from './endpoint.ts'
import { Release } from './release.ts'

export const Deployment = z.object({
  name: Name,
  model: Name,
  target: z.string(),
  state: z.enum(['live', 'stopped']),
  contractDigest: Digest,
  revision: z.int(),
  variants: z.array(
    z.object({
      name: z.string().describe('champion, challenger, or standby: the version that a rollback goes to.'),
      role: z.enum(['answer', 'shadow']).describe('A shadow gets copies of its share of the requests and answers none.'),
      version: z.int(),
      share: z.number().min(0).max(1),
      checkId: z.string().optional(),
      overrideReason: z.string().optional(),
      launchedAt: TimeMs,
      launchedBy: z.string(),
      contractDigest: Digest.optional().describe("Of its contract, where that is not the deployment's."),
    }),
  ),
  createdAt: TimeMs,
  updatedAt: TimeMs,
})
export type Deployment = z.infer<typeof Deployment>

const OfDeployment = z.object({ deployment: Name })
export const listDeployments = defineEndpoint({
  id: 'listDeployments',
  method: 'GET',
  path: '/v1/deployments',
  summary: 'All deployments',
  layer: 'serving',
  query: PageQuery,
  reply: pageOf(Deployment),
})
export const launchDeployment = defineEndpoint({
  id: 'launchDeployment',
  method: 'POST',
  path: '/v1/deployments/:deployment/launch',
  summary:
    'Put a version live, by the steps of its contract. Refused without a passing check, unless an override gives its reason',
  layer: 'serving',
  params: OfDeployment,
  body: z.strictObject({
    model: Name,
    version: z.int().min(1),
    contract: z.string().max(262_144).optional().describe('Text of seaworthy.yaml. Default: the one in the package.'),
    override: Reason.optional().describe('Launch without a passing check, and why; recorded.'),
    now: Reason.optional().describe("Skip the contract's steps and approvals, and why; recorded. Ends a release that runs."),
  }),
  reply: Deployment.extend({
    release: Release.optional().describe('The release that began: traffic moves by its steps, not at once.'),
    warnings: z.array(z.string()).describe('What the contract asks for and does not get.'),
  }),
})
export const stopDeployment = defineEndpoint({
  id: 'stopDeployment',
  method: 'POST',
  path: '/v1/deployments/:deployment/stop',
  summary: 'Take a deployment down; its journal stays',
  layer: 'serving',
  params: OfDeployment,
  body: z.strictObject({ reason: Reason }),
  reply: Deployment,
})
