import { z } from 'zod'
import { defineEndpoint, Name, PageQuery, TimeMs, VersionNumber } from './endpoint.ts'
import { Accepted } from './platform.ts'

const OfDeployment = z.object({ deployment: Name })

/** Rows whose input has this value, `origin=ATL`; `origin=` means the empty text, and `origin` alone that it is missing. */
export const Slice = z
  .string()
  .min(1)
  .max(1_000)
  .describe(
    '`input=value`, several with commas between them (`%2C` for a comma in a value); an input alone means that it is missing.',
  )

/** One prediction as the journal has it, with its outcome when that has come. */
export const Prediction = z.object({
  id: z.string(),
  requestId: z.string(),
  deployment: Name,
  model: Name,
  version: z.int(),
  variant: z.string(),
  time: TimeMs,
  latencyMs: z.number(),
  caller: z.string(),
  inputs: z.record(z.string(), z.unknown()),
  output: z.unknown(),
  flags: z.unknown().optional().describe('What the contract has flagged of its inputs.'),
  outcome: z.unknown().optional(),
  outcomeAt: TimeMs.optional(),
})
export type Prediction = z.infer<typeof Prediction>

export const listPredictions = defineEndpoint({
  id: 'listPredictions',
  method: 'GET',
  path: '/v1/deployments/:deployment/predictions',
  summary: 'Journaled predictions of a window, newest first, with outcomes',
  layer: 'operations',
  params: OfDeployment,
  query: PageQuery.extend({
    from: z.coerce.number().int().optional(),
    to: z.coerce.number().int().optional(),
    version: VersionNumber.optional(),
    variant: z.string().max(100).optional().describe('champion, challenger, shadow ...'),
    caller: z.string().max(200).optional(),
    slice: Slice.optional(),
    output: z
      .string()
      .max(500)
      .optional()
      .describe(
        'The number that scoreMin and scoreMax are about: `late`, or `kind[setosa]` of several classes. Default: the first output.',
      ),
    scoreMin: z.coerce.number().optional(),
    scoreMax: z.coerce.number().optional(),
    flagged: z.stringbool().optional().describe('true: only those with a value that the contract has flagged.'),
  }),
  reply: z.object({ items: z.array(Prediction), next: z.string().optional() }),
})
export const getPrediction = defineEndpoint({
  id: 'getPrediction',
  method: 'GET',
  path: '/v1/deployments/:deployment/predictions/:prediction',
  summary: 'One prediction by id',
  layer: 'operations',
  params: z.object({ deployment: Name, prediction: z.string().min(1).max(64) }),
  reply: Prediction,
})

export const Outcome = z.strictObject({
  id: z.string().min(1).max(64).describe('Id of the prediction.'),
  outcome: z.union([z.number(), z.string().max(10_000), z.boolean()]).describe('What really happened.'),
  observedAt: TimeMs.optional().describe('When it was known, milliseconds since 1970. Default: now.'),
})
export const recordOutcomes = defineEndpoint({
  id: 'recordOutcomes',
  method: 'POST',
  path: '/v1/deployments/:deployment/outcomes',
  summary: 'Tell what really happened. Sending the same outcome again changes nothing; a later value corrects it',
  layer: 'operations',
  params: OfDeployment,
  body: z.strictObject({ outcomes: z.array(Outcome).min(1).max(10_000) }),
  reply: z.object({ recorded: z.int() }),
})
export const JournalState = z.object({
  deployment: Name,
  state: z.enum(['healthy', 'degraded']),
  explanation: z.string().optional(),
  predictions: z.int(),
  outcomes: z.int(),
  bytes: z.int(),
  dropped: z.int(),
  from: TimeMs.optional(),
  to: TimeMs.optional(),
  versions: z.array(z.object({ version: z.int(), predictions: z.int() })),
})
export type JournalState = z.infer<typeof JournalState>
export const getJournal = defineEndpoint({
  id: 'getJournal',
  method: 'GET',
  path: '/v1/deployments/:deployment/journal',
  summary: 'What the journal of a deployment holds, and how it is',
  layer: 'operations',
  params: OfDeployment,
  reply: JournalState,
})
export const CompactResult = z.object({
  segments: z.int(),
  predictions: z.int(),
  outcomes: z.int(),
  deletedFiles: z.int(),
  deletedBytes: z.int(),
})
export const compactJournal = defineEndpoint({
  id: 'compactJournal',
  method: 'POST',
  path: '/v1/deployments/:deployment/journal/compact',
  summary: 'Turn what the journal holds so far into Parquet, now. The result of the job is a CompactResult',
  layer: 'operations',
  params: OfDeployment,
  reply: Accepted,
})

/** What a monitor saw in one window about one thing. */
export const WindowFinding = z.object({
  kind: z.enum(['feed', 'data-quality', 'drift', 'prediction-drift', 'quality', 'release']),
  subject: z.string(),
  measure: z.string(),
  slice: z.string().optional().describe('Which rows: origin = ATL. Absent for all of them.'),
  state: z.enum(['ok', 'breach', 'not-enough-data']),
  value: z.number().optional().describe('The effect, in the unit of the measure.'),
  bound: z.number().optional().describe('From here on it matters.'),
  chance: z
    .number()
    .optional()
    .describe('Chance alone stays below this in a window of this size: the second threshold of drift.'),
  unit: z.string().optional(),
  rows: z.number().optional().describe('Rows behind the value.'),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).optional(),
  coverage: z.number().optional().describe('Share of the rows whose outcome is known, 0 to 1.'),
  estimate: z
    .object({ value: z.number(), low: z.number(), high: z.number() })
    .optional()
    .describe('What was expected of this span before its outcomes came.'),
  estimateError: z
    .object({ windows: z.int(), meanAbsoluteError: z.number(), bias: z.number(), coverage: z.number() })
    .optional()
    .describe('How wrong such estimates were over past spans of this version; coverage is the share that held.'),
  span: z
    .object({ from: TimeMs, to: TimeMs })
    .optional()
    .describe('What it is about, where that is not the window: quality looks back.'),
  sentence: z.string(),
})
/** What was expected of the quality of a span that is over, before its outcomes came. */
export const QualityEstimate = z.object({
  from: TimeMs,
  to: TimeMs,
  metric: z.string(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
})
export const WatchedWindow = z.object({
  from: TimeMs,
  to: TimeMs,
  version: z.int(),
  rows: z.int(),
  findings: z
    .array(WindowFinding)
    .describe('Of all rows, and of slices the largest effects. Quality is measured again while outcomes come.'),
  estimates: z.array(QualityEstimate).default([]),
})
export type WatchedWindow = z.infer<typeof WatchedWindow>
export const listWindows = defineEndpoint({
  id: 'listWindows',
  method: 'GET',
  path: '/v1/deployments/:deployment/windows',
  summary: 'What the monitor saw in each window, newest first',
  layer: 'operations',
  params: OfDeployment,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(1_000).default(24).describe('Most windows in the answer.'),
    before: z.coerce.number().int().optional().describe('Only windows that begin before this time.'),
  }),
  reply: z.object({ items: z.array(WatchedWindow) }),
})
export const MonitorResult = z.object({ deployments: z.int(), windows: z.int(), rows: z.int(), breaches: z.int() })
export const watchNow = defineEndpoint({
  id: 'watchNow',
  method: 'POST',
  path: '/v1/deployments/:deployment/windows',
  summary: 'Watch every window that has ended since the last one, now. The result of the job is a MonitorResult',
  layer: 'operations',
  params: OfDeployment,
  reply: Accepted,
})
