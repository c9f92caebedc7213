/** How much a deployment is asked, how fast it answers, and how it is on the whole. */
import { z } from 'zod'
import { defineEndpoint, Name, PageQuery, pageOf, TimeMs } from './endpoint.ts'
import { ReleaseState } from './release.ts'
import { Deployment } from './serving.ts'

const Role = z.enum(['answer', 'shadow'])
const perStep = () => z.array(z.number())
const perStepOrNull = () => z.array(z.number().nullable())

/** Columns of the same length as `times`, so that a chart takes them as they are. */
export const VersionTrafficSeries = z.object({
  version: z.int(),
  role: Role.describe('A shadow answers nobody: its requests are copies.'),
  requests: perStep(),
  failures: perStep().describe('Status 500 and above, and answers that came too late. Not known before `countedFrom`.'),
  invalid: perStep().describe('Refused for what they brought. Not known before `countedFrom`.'),
  rows: perStep(),
  flagged: perStep().describe('Rows with a value that the contract has flagged.'),
  p50Ms: perStepOrNull().describe('Null where nothing was answered. Within an eighth of itself.'),
  p99Ms: perStepOrNull(),
  latencies: z.array(z.number()).describe('Answered requests of the whole span by latency, one more than `latencyBoundsMs`.'),
})
export const LiveNow = z.object({
  version: z.int(),
  role: Role,
  requestsPerSecond: z.number().describe('Over the last ten seconds.'),
  p50Ms: z.number().optional(),
  p99Ms: z.number().optional(),
  rowsWaiting: z.int(),
  batches: z.array(z.number()).describe('Calls of the model since it was loaded, by their rows, on `batchRowsBounds`.'),
})
export const Traffic = z.object({
  deployment: Name,
  at: TimeMs.describe('When this was read: the last step may not be over yet.'),
  stepMs: z.number(),
  times: z.array(TimeMs).describe('Begin of each step; 2,000 at most.'),
  countedFrom: TimeMs.describe('Before it, what is told comes from the journal, which has no requests that failed.'),
  versions: z.array(VersionTrafficSeries),
  latencyBoundsMs: z.array(z.number()),
  batchRowsBounds: z.array(z.number()),
  now: z.array(LiveNow).describe('Of the versions that are loaded in this process.'),
})
export type Traffic = z.infer<typeof Traffic>
export const getTraffic = defineEndpoint({
  id: 'getTraffic',
  method: 'GET',
  path: '/v1/deployments/:deployment/traffic',
  summary: 'Requests, failures and latencies by version over a span, and what waits right now',
  layer: 'serving',
  params: z.object({ deployment: Name }),
  query: z.object({
    from: z.coerce.number().int().optional().describe('First moment, milliseconds since 1970. Default: `lastMs` before `to`.'),
    lastMs: z.coerce
      .number()
      .int()
      .min(1_000)
      .max(400 * 86_400_000)
      .default(3_600_000)
      .describe('Length of the span where `from` is not given. Default: an hour.'),
    to: z.coerce.number().int().optional().describe('First moment that is not meant any more. Default: now.'),
    stepMs: z.coerce
      .number()
      .int()
      .min(1_000)
      .max(31 * 86_400_000)
      .optional()
      .describe(
        'Width of a step. Wider where there would be more than 2,000 steps; below a minute in the last five minutes only.',
      ),
  }),
  reply: Traffic,
})

const State = z.enum(['ok', 'breach', 'not-enough-data'])
export const FleetQuality = z.object({
  metric: z.string(),
  state: State,
  value: z.number().optional(),
  low: z.number().optional(),
  high: z.number().optional(),
  bound: z.number().optional(),
  coverage: z.number().optional().describe('Share of the predictions of the span whose outcome has come, 0 to 1.'),
  estimate: z.object({ value: z.number(), low: z.number(), high: z.number() }).optional(),
  from: TimeMs,
  to: TimeMs,
})
/** What waits for a person. */
export const Need = z.object({
  kind: z.enum(['approval', 'release-held', 'incident', 'review', 'recommendation', 'journal']),
  deployment: Name,
  /** Id of the release or retraining, number of the incident; else the name of the deployment. */
  subject: z.string(),
  sentence: z.string(),
  since: TimeMs.optional(),
})
export type Need = z.infer<typeof Need>
export const FleetMember = z.object({
  deployment: Deployment,
  purpose: z.string().optional(),
  owners: z.record(z.string(), z.string()),
  traffic: z.object({
    perSecond: z.number().describe('Over the last ten seconds.'),
    perSecondLastHour: z.number(),
    requestsLastHour: z.int(),
    p50Ms: z.number().optional().describe('Over the last hour.'),
    p99Ms: z.number().optional(),
    errorRate: z.number().optional().describe('Failures among the requests of the last hour.'),
    perMinute: z.array(z.number()).describe('Requests of each of the last 60 minutes, the running one last.'),
    countedFrom: TimeMs,
  }),
  drift: z
    .object({
      state: State,
      from: TimeMs,
      to: TimeMs,
      rows: z.number(),
      columns: z.array(z.string()).describe('In breach, worst first.'),
    })
    .optional()
    .describe('Of the last window that had predictions.'),
  dataQuality: z.object({ breaches: z.int(), from: TimeMs, to: TimeMs }).optional(),
  quality: z.array(FleetQuality),
  incidents: z.object({ critical: z.int(), warning: z.int(), unacknowledged: z.int() }),
  contract: z.object({
    verdict: z.enum(['pass', 'fail', 'not-enough-data']).optional().describe('Of the check that let the champion out.'),
    check: z.string().optional(),
    override: z.string().optional().describe('Why it was launched without one.'),
    reviewBy: z.string().optional(),
    reviewInDays: z.int().optional().describe('Negative when it is overdue.'),
  }),
  release: z
    .object({
      id: z.string(),
      version: z.int(),
      state: ReleaseState,
      step: z.int().optional(),
      steps: z.array(z.string()),
      approvalsNeeded: z.int(),
      approvals: z.int(),
    })
    .optional()
    .describe('The one that is open.'),
  needs: z.array(Need),
})
export type FleetMember = z.infer<typeof FleetMember>
export const getFleet = defineEndpoint({
  id: 'getFleet',
  method: 'GET',
  path: '/v1/fleet',
  summary: 'Every deployment with what one wants to know of it at a glance, and what needs somebody now',
  layer: 'collaboration',
  query: PageQuery.extend({ deployment: Name.optional().describe('Only this one.') }),
  reply: pageOf(FleetMember),
})
