/** Incidents, what people do with them, and the channels on which they are told. */
import { z } from 'zod'
import { defineEndpoint, Name, PageQuery, pageOf, Reason, TimeMs } from './endpoint.ts'

const Span = z.object({ from: TimeMs, to: TimeMs })
const IncidentParams = z.object({
  incident: z.coerce.number().int().min(1).max(2_147_483_647).describe('Number of the incident.'),
})
const Kind = z.enum(['feed', 'data-quality', 'drift', 'prediction-drift', 'quality', 'release'])
const State = z.enum(['open', 'acknowledged', 'silenced', 'resolved'])
const Severity = z.enum(['critical', 'warning'])
const Action = z.enum(['fix-the-feed', 'retrain', 'roll-back', 'accept-as-normal', 'look'])
export const Verdict = z.enum(['real', 'false-alarm', 'unknown']).describe('Was it worth the alarm?')
export type Verdict = z.infer<typeof Verdict>

const Silence = z.object({ by: z.string(), until: TimeMs, reason: z.string() })
const Identity = z.object({ kind: Kind, subject: z.string(), measure: z.string() })

export const IncidentSummary = z.object({
  id: z.int(),
  uid: z.string().describe('What receivers of alerts know it by.'),
  deployment: Name,
  state: State,
  severity: Severity,
  title: z.string(),
  suggestedAction: Action,
  since: TimeMs.describe('Begin of the first window in breach.'),
  window: Span.describe('The newest window in breach.'),
  openedAt: TimeMs,
  updatedAt: TimeMs,
  toldAt: TimeMs.optional(),
  acknowledged: z.object({ by: z.string(), at: TimeMs }).optional(),
  silence: Silence.optional(),
  resolved: z.object({ by: z.string(), at: TimeMs, reason: z.string().optional() }).optional(),
  verdict: Verdict.optional(),
})
export type IncidentSummary = z.infer<typeof IncidentSummary>

export const Finding = Identity.extend({
  deployment: Name,
  slice: z.string().optional(),
  window: Span,
  state: z.enum(['ok', 'breach', 'not-enough-data']),
  value: z.number().optional(),
  bound: z.number().optional(),
  unit: z.string().optional(),
  rows: z.number().optional(),
  sentence: z.string(),
  evidence: z
    .looseObject({
      histogram: z
        .object({ labels: z.array(z.string()).optional(), before: z.array(z.number()), after: z.array(z.number()) })
        .optional()
        .describe('Shares of rows by bin, of the reference and of the window.'),
      slices: z
        .array(z.object({ slice: z.string(), value: z.number().optional(), rows: z.number().optional() }))
        .optional()
        .describe('Where it is worst, worst first.'),
      predictions: z.array(z.string()).optional().describe('Ids of predictions that show it.'),
      effect: z.string().optional().describe('Expected effect on quality.'),
    })
    .optional(),
  suggestedAction: Action.optional(),
  weight: z.number().optional().describe('How bad; 1 is at the bound.'),
})
export type Finding = z.infer<typeof Finding>

const Member = z.object({
  finding: Finding,
  role: z.enum(['cause', 'consequence']),
  mutedBy: Identity.optional().describe('What explains a consequence.'),
  since: TimeMs,
  clearedAt: TimeMs.optional(),
})
const Transition = z.object({
  at: TimeMs,
  event: z.string(),
  from: z.string().optional(),
  to: z.string(),
  actor: z.string(),
  reason: z.string().optional(),
  window: Span,
  numbers: z.array(Identity.extend({ slice: z.string().optional(), value: z.number().optional(), bound: z.number().optional() })),
  codeVersion: z.string(),
})
export const Incident = IncidentSummary.extend({
  members: z.array(Member).describe('Causes, worst first, and then what they explain.'),
  changes: z
    .array(z.object({ time: TimeMs, actor: z.string(), action: z.string(), subject: z.string(), reason: z.string().optional() }))
    .describe('What was changed before it began, nearest first.'),
  transitions: z.array(Transition),
  advice: z.object({ sentence: z.string(), command: z.string() }),
  channels: z.array(z.string()),
})
export type Incident = z.infer<typeof Incident>

export const Suspicion = Identity.extend({
  deployment: Name,
  slice: z.string().optional(),
  breaches: z.int().describe('Breaches in a row so far.'),
  sustained: z.int().describe('Breaches in a row that are asked for.'),
  since: TimeMs,
})

export const IncidentPage = pageOf(IncidentSummary).extend({ suspicions: z.array(Suspicion) })
export type IncidentPage = z.infer<typeof IncidentPage>
export const listIncidents = defineEndpoint({
  id: 'listIncidents',
  method: 'GET',
  path: '/v1/incidents',
  summary: 'Incidents, newest first, and on the first page what is only suspected',
  layer: 'operations',
  query: PageQuery.extend({
    deployment: Name.optional(),
    state: z
      .enum([...State.options, 'live'])
      .optional()
      .describe('`live` is every state but resolved.'),
    severity: Severity.optional(),
  }),
  reply: IncidentPage,
})
export const getIncident = defineEndpoint({
  id: 'getIncident',
  method: 'GET',
  path: '/v1/incidents/:incident',
  summary: 'One incident with its evidence and its history',
  layer: 'operations',
  params: IncidentParams,
  reply: Incident,
})
export const acknowledgeIncident = defineEndpoint({
  id: 'acknowledgeIncident',
  method: 'POST',
  path: '/v1/incidents/:incident/acknowledge',
  summary: 'Take care of it: it is told again to nobody',
  layer: 'operations',
  params: IncidentParams,
  body: z.strictObject({ reason: Reason.optional() }),
  reply: Incident,
})
export const silenceIncident = defineEndpoint({
  id: 'silenceIncident',
  method: 'POST',
  path: '/v1/incidents/:incident/silence',
  summary: 'Tell nobody of it for a time; it goes on being watched',
  layer: 'operations',
  params: IncidentParams,
  body: z.strictObject({
    forMs: z
      .int()
      .min(1)
      .max(90 * 86_400_000)
      .describe('For how long, in milliseconds.'),
    reason: Reason,
  }),
  reply: Incident,
})
export const resolveIncident = defineEndpoint({
  id: 'resolveIncident',
  method: 'POST',
  path: '/v1/incidents/:incident/resolve',
  summary: 'Say that it is over, and whether it was worth the alarm; of one that is over, only the latter',
  layer: 'operations',
  params: IncidentParams,
  body: z.strictObject({ verdict: Verdict, reason: Reason.optional() }),
  reply: Incident,
})

export const ExplainedWindow = Identity.extend({
  slice: z.string().optional(),
  window: Span,
  state: z.enum(['ok', 'breach', 'not-enough-data']),
  value: z.number().optional(),
  bound: z.number().optional(),
  rows: z.number().optional(),
  status: z.enum(['ok', 'suspected', 'firing']),
  breaches: z.int(),
  sustained: z.int(),
  mutedBy: Identity.optional(),
  incident: z.int().optional(),
  silence: Silence.optional(),
  because: z.string(),
}).omit({ subject: true })
export const Explanation = z.object({ summary: z.string(), windows: z.array(ExplainedWindow), truncated: z.boolean() })
export type Explanation = z.infer<typeof Explanation>
export const explainSilence = defineEndpoint({
  id: 'explainSilence',
  method: 'GET',
  path: '/v1/deployments/:deployment/why',
  summary: 'Why there was no alarm about a column or a metric, or which, window by window',
  layer: 'operations',
  params: z.object({ deployment: Name }),
  query: z.object({
    subject: z.string().min(1).max(200).describe('A column, a metric, `predictions`, `outcomes`.'),
    from: z.coerce.number().int().describe('First moment, milliseconds since 1970.'),
    to: z.coerce.number().int().describe('First moment that is not meant any more.'),
  }),
  reply: Explanation,
})

export const MeasurePrecision = z.object({
  kind: Kind,
  measure: z.string(),
  incidents: z.int(),
  real: z.int(),
  falseAlarms: z.int(),
  unknown: z.int(),
  precision: z.number().optional().describe('Real among those judged real or false.'),
})
export type MeasurePrecision = z.infer<typeof MeasurePrecision>
export const getAlertPrecision = defineEndpoint({
  id: 'getAlertPrecision',
  method: 'GET',
  path: '/v1/alerts/precision',
  summary: 'How often the incidents of each measure were worth it, by what people said of them',
  layer: 'operations',
  query: z.object({ deployment: Name.optional() }),
  reply: z.object({ items: z.array(MeasurePrecision) }),
})

export const AlertChannel = z.object({
  name: z.string(),
  type: z.string().optional().describe('Absent for one that is no longer set up.'),
  title: z.string().optional(),
  escalation: z.boolean().describe('Is it told when nobody answers?'),
  waiting: z.int(),
  sent: z.int(),
  givenUp: z.int().describe('Messages that reached nobody.'),
  lastSentAt: TimeMs.optional(),
  lastError: z.string().optional(),
})
export type AlertChannel = z.infer<typeof AlertChannel>
export const listChannels = defineEndpoint({
  id: 'listChannels',
  method: 'GET',
  path: '/v1/alerts/channels',
  summary: 'The channels that are set up, and how they do',
  layer: 'operations',
  reply: z.object({ items: z.array(AlertChannel), types: z.array(z.object({ id: z.string(), title: z.string() })) }),
})
export const testChannel = defineEndpoint({
  id: 'testChannel',
  method: 'POST',
  path: '/v1/alerts/channels/:channel/test',
  summary: 'Send a test message now, and say whether the receiver took it',
  layer: 'operations',
  params: z.object({ channel: z.string().min(1).max(100) }),
  reply: z.object({ channel: z.string(), tookMs: z.number() }),
})
