/** The way of a new version to all traffic, and the way back. */
import { z } from 'zod'
import { defineEndpoint, Digest, Name, PageQuery, pageOf, Reason, TimeMs } from './endpoint.ts'

export const ReleaseState = z.enum(['waiting-for-approval', 'running', 'holding', 'promoted', 'aborted', 'rolled-back'])
export type ReleaseState = z.infer<typeof ReleaseState>

export const Release = z.object({
  id: z.string(),
  deployment: Name,
  model: Name,
  version: z.int().describe('The version that is released.'),
  champion: z.int().describe('The version that it is held against.'),
  state: ReleaseState,
  step: z.int().optional().describe('Index of the step that runs or is held.'),
  steps: z.array(z.string()).describe('As the contract writes them.'),
  explanation: z.string().optional().describe('Why it is in this state.'),
  changedBy: z.string().optional(),
  contractDigest: Digest,
  checkId: z.string().optional(),
  overrideReason: z.string().optional(),
  approvalsNeeded: z.int(),
  createdAt: TimeMs,
  createdBy: z.string(),
  reason: z.string().optional(),
  updatedAt: TimeMs,
  finishedAt: TimeMs.optional(),
})
export type Release = z.infer<typeof Release>

export const StepMeasure = z.object({
  measure: z.enum(['failures', 'invalid', 'flagged', 'latency', 'predictions', 'quality']),
  verdict: z.enum(['better', 'worse', 'no-difference-seen', 'unlike', 'not-enough-data']),
  champion: z.number().optional(),
  challenger: z.number().optional(),
  improvement: z
    .object({ value: z.number(), low: z.number(), high: z.number(), confidence: z.number() })
    .optional()
    .describe('Of the new version over the champion, above 0 better. The interval holds at every look.'),
  bound: z.number().describe('What the verdict was held against.'),
  championRows: z.int(),
  challengerRows: z.int(),
  slowMs: z.number().optional(),
  sentence: z.string(),
})
export type StepMeasure = z.infer<typeof StepMeasure>
export const ReleaseStepDetail = z.object({
  step: z.string(),
  startedAt: TimeMs,
  countedFrom: TimeMs.describe('Since when its duration counts: its start, or when it was last resumed.'),
  endedAt: TimeMs.optional(),
  outcome: z.enum(['win', 'loss', 'time', 'by-hand', 'aborted']).optional(),
  analysis: z
    .object({
      at: TimeMs,
      verdict: z.enum(['win', 'loss', 'open']),
      sentence: z.string(),
      championRequests: z.int(),
      challengerRequests: z.int(),
      droppedCopies: z.int(),
      measures: z.array(StepMeasure),
    })
    .optional(),
})
export const ReleaseDetail = Release.extend({
  approvals: z.array(z.object({ actor: z.string(), comment: z.string().optional(), at: TimeMs })),
  progress: z.array(ReleaseStepDetail).describe('The steps that were begun.'),
  stepMs: z.number().describe('A step without a clear win or loss moves on after this time, counted from `countedFrom` ...'),
  stepRequestsMin: z.int().describe('... when the new version has seen this many requests in it.'),
})
export type ReleaseDetail = z.infer<typeof ReleaseDetail>

const OfRelease = z.object({
  release: z.string().min(1).max(64).describe('Id of a release, or name of a deployment: its open release, else its last.'),
})

export const listReleases = defineEndpoint({
  id: 'listReleases',
  method: 'GET',
  path: '/v1/releases',
  summary: 'Releases, newest first',
  layer: 'evolution',
  query: PageQuery.extend({ deployment: Name.optional() }),
  reply: pageOf(Release),
})
export const getRelease = defineEndpoint({
  id: 'getRelease',
  method: 'GET',
  path: '/v1/releases/:release',
  summary: 'One release with its steps, what was seen in each, and its approvals',
  layer: 'evolution',
  params: OfRelease,
  reply: ReleaseDetail,
})
export const approveRelease = defineEndpoint({
  id: 'approveRelease',
  method: 'POST',
  path: '/v1/releases/:release/approve',
  summary: 'Approve a release that waits. Counts once for each person but its author',
  layer: 'evolution',
  params: OfRelease,
  body: z.strictObject({ comment: Reason.optional() }),
  reply: ReleaseDetail,
})

const change = <Id extends string>(id: Id, word: string, summary: string) =>
  defineEndpoint({
    id,
    method: 'POST',
    path: `/v1/releases/:release/${word}`,
    summary,
    layer: 'evolution',
    params: OfRelease,
    body: z.strictObject({ reason: Reason }),
    reply: ReleaseDetail,
  })
export const holdRelease = change('holdRelease', 'hold', 'Stay in the step that runs; it is watched all the same')
export const resumeRelease = change('resumeRelease', 'resume', 'Go on with the step that is held, from its beginning')
export const abortRelease = change('abortRelease', 'abort', 'Give all traffic back to the champion')
export const promoteRelease = change('promoteRelease', 'promote', 'Give all traffic to the new version now; an override')

const OfDeployment = z.object({ deployment: Name })

export const Champion = z.object({
  version: z.int(),
  how: z.enum(['launch', 'release', 'rollback']),
  contractDigest: Digest,
  checkId: z.string().optional(),
  overrideReason: z.string().optional(),
  beganAt: TimeMs,
  beganBy: z.string(),
  reason: z.string().optional(),
})
export type Champion = z.infer<typeof Champion>

export const listChampions = defineEndpoint({
  id: 'listChampions',
  method: 'GET',
  path: '/v1/deployments/:deployment/champions',
  summary: 'Which version had the traffic since when, newest first',
  layer: 'evolution',
  params: OfDeployment,
  query: PageQuery,
  reply: pageOf(Champion),
})

export const Rollback = z.object({
  deployment: Name,
  version: z.int(),
  from: z.int(),
  switched: z.boolean().describe('Requests to this server meet the version now. False where no server runs.'),
  switchMs: z.number().describe('From the call until every new request meets it.'),
  recorded: z.boolean().describe('False: the database did not take it; it holds all the same.'),
  remembered: z.boolean().describe('Not recorded, and kept in a file until it is: it holds over a restart.'),
  explanation: z.string().optional(),
})
export type Rollback = z.infer<typeof Rollback>
export const rollBack = defineEndpoint({
  id: 'rollBack',
  method: 'POST',
  path: '/v1/deployments/:deployment/rollback',
  summary: 'Back to a former version at once: no gates, no database needed',
  layer: 'evolution',
  params: OfDeployment,
  body: z.strictObject({
    to: z.int().min(1).optional().describe('A former version. Default: the one before; while a release runs, the champion.'),
    reason: Reason.optional(),
  }),
  reply: Rollback,
})

const SwitchTimes = z.object({
  switchMs: z.number(),
  lastOldAnswerMs: z.number().optional().describe('The last answer of the version that was left, from the call on.'),
  firstNewAnswerMs: z.number().optional(),
})
export const RollbackDrill = z.object({
  deployment: Name,
  champion: z.int(),
  standby: z.int(),
  there: SwitchTimes,
  back: SwitchTimes,
  callerRequests: z.int(),
  probeRequests: z.int(),
  failed: z.int(),
  recorded: z.boolean(),
})
export type RollbackDrill = z.infer<typeof RollbackDrill>
export const drillRollback = defineEndpoint({
  id: 'drillRollback',
  method: 'POST',
  path: '/v1/deployments/:deployment/rollback/drill',
  summary: 'Rehearse the rollback on the live deployment: to the version before and back, for half a second',
  layer: 'evolution',
  params: OfDeployment,
  body: z.strictObject({ reason: Reason.optional() }),
  reply: RollbackDrill,
})
