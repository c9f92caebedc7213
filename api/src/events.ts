/** What changes, as it changes: one stream of server-sent events for everything that a page shows. */
import { z } from 'zod'
import { defineEndpoint, TimeMs } from './endpoint.ts'

/** What changed. A reader that shows something of a topic asks for it again. */
export const EventTopic = z.enum([
  'models',
  'runs',
  'checks',
  'deployments',
  'releases',
  'retrainings',
  'windows',
  'incidents',
  'approvals',
  'traffic',
  'predictions',
  'jobs',
  'audit',
  'resync',
])
export type EventTopic = z.infer<typeof EventTopic>

/** Of one version in the seconds since the event before; a number, not a sum. */
export const LiveVersion = z.object({
  version: z.int(),
  role: z.enum(['answer', 'shadow']),
  requests: z.int(),
  failures: z.int().describe('Answered with status 500 or above, or too late.'),
  invalid: z.int().describe('Refused for what they brought.'),
  flagged: z.int(),
  p50Ms: z.number().optional(),
  p99Ms: z.number().optional(),
  rowsWaiting: z.int(),
})
export const ChangeEvent = z.object({
  topic: EventTopic.describe('`resync`: events were lost, and anything may have changed.'),
  subject: z.string().describe('Name of a deployment or model, number of an incident, id of a release, run or job.'),
  time: TimeMs,
  deployment: z.string().optional(),
  action: z.string().optional().describe('Of the audit entry that it comes from.'),
  actor: z.string().optional(),
  progress: z
    .object({ kind: z.string(), state: z.string(), done: z.number(), total: z.number(), note: z.string().optional() })
    .optional()
    .describe('Of a job or a run.'),
  traffic: z.object({ seconds: z.number(), versions: z.array(LiveVersion) }).optional(),
})
export type ChangeEvent = z.infer<typeof ChangeEvent>

export const watchEvents = defineEndpoint({
  id: 'watchEvents',
  method: 'GET',
  path: '/v1/events',
  summary:
    'Changes as they are made, each a ChangeEvent. The header Last-Event-ID of a browser, or `after`, goes on where a connection broke; where that is too long ago the first event is `resync`',
  layer: 'platform',
  query: z.object({
    after: z.string().max(100).optional().describe('`id` of the last event that was seen.'),
    deployment: z.string().max(63).optional().describe('Only traffic and predictions of this deployment; all else is told.'),
  }),
  reply: 'events',
})
