import { z } from 'zod'
import { defineEndpoint, Digest, Name, PageQuery, pageOf, Reason, TimeMs } from './endpoint.ts'
import { Accepted } from './platform.ts'

const OfDeployment = z.object({ deployment: Name })

export const RetrainingState = z.enum([
  'waiting',
  'snapshot',
  'training-warm',
  'training-scratch',
  'comparing',
  'checking',
  'releasing',
  'done',
  'failed',
  'cancelled',
])
const Challenger = z.object({
  run: z.string(),
  version: z.int().optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
})
const Snapshot = z.object({
  digest: Digest.optional().describe('Of the Parquet file with inputs and outcome; absent when it has no row.'),
  rowsDigest: Digest.optional().describe('Of the file that says which prediction each row is.'),
  from: TimeMs,
  to: TimeMs,
  asOf: TimeMs.describe('Outcomes that were recorded later are not seen.'),
  predictions: z.int(),
  withoutOutcome: z.int(),
  withoutInputs: z.int(),
  notSampled: z.int(),
  rows: z.int(),
})
/** Snapshot, runs, versions, check and release of one retraining: ids under which each can be asked for. */
export const Retraining = z.object({
  id: z.string().describe('Also the id of its job.'),
  deployment: Name,
  model: Name,
  state: RetrainingState,
  trigger: z.string(),
  reason: z.string(),
  numbers: z.record(z.string(), z.union([z.number(), z.string()])),
  champion: z.int(),
  training: Snapshot.optional(),
  heldBack: Snapshot.optional(),
  warm: Challenger.optional(),
  scratch: Challenger.optional(),
  decision: z.enum(['promoted', 'recommended', 'kept', 'not-enough-data']).optional(),
  explanation: z.array(z.string()),
  winner: z.int().optional(),
  checkId: z.string().optional(),
  releaseId: z.string().optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  createdAt: TimeMs,
  createdBy: z.string(),
  finishedAt: TimeMs.optional(),
})
export type Retraining = z.infer<typeof Retraining>
/** `comparison` is the report with its numbers; `text` is all of it for a terminal, a line an entry. */
export const RetrainingDetail = Retraining.extend({ comparison: z.unknown().optional(), text: z.array(z.string()) })
export type RetrainingDetail = z.infer<typeof RetrainingDetail>

/** Result of a retraining's job. */
export const RetrainingResult = z.object({
  retraining: z.string(),
  decision: z.string(),
  explanation: z.array(z.string()),
  winner: z.int().optional(),
})

export const RetrainingForecast = z.object({
  deployment: Name,
  due: z.boolean().describe('Would one begin now?'),
  obstacles: z.array(z.object({ kind: z.string(), reason: z.string() })),
  triggers: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      due: z.boolean(),
      reason: z.string(),
      numbers: z.record(z.string(), z.union([z.number(), z.string()])),
    }),
  ),
})
export type RetrainingForecast = z.infer<typeof RetrainingForecast>

export const beginRetraining = defineEndpoint({
  id: 'beginRetraining',
  method: 'POST',
  path: '/v1/deployments/:deployment/retrainings',
  summary:
    'Train a new version on the journal, compare it, and release it when it is better. The job has the id of the retraining',
  layer: 'evolution',
  params: OfDeployment,
  body: z.strictObject({
    reason: Reason.optional(),
    folder: z
      .string()
      .max(4_096)
      .optional()
      .describe('Folder the training command runs in, on the machine of the server. Default: where the last one ran.'),
  }),
  reply: Accepted,
})
export const callRetrainHook = defineEndpoint({
  id: 'callRetrainHook',
  method: 'POST',
  path: '/v1/deployments/:deployment/retrainings/hook',
  summary: 'The same for other systems; needs webhook in maintenance.retrain.on, and waits out the pause after the last one',
  layer: 'evolution',
  params: OfDeployment,
  body: z.looseObject({ reason: Reason.optional() }),
  reply: Accepted,
})
export const forecastRetraining = defineEndpoint({
  id: 'forecastRetraining',
  method: 'GET',
  path: '/v1/deployments/:deployment/retrainings/why',
  summary: 'Why a retraining is due, or why it is not',
  layer: 'evolution',
  params: OfDeployment,
  reply: RetrainingForecast,
})
export const listRetrainings = defineEndpoint({
  id: 'listRetrainings',
  method: 'GET',
  path: '/v1/deployments/:deployment/retrainings',
  summary: 'Retrainings of a deployment, newest first',
  layer: 'evolution',
  params: OfDeployment,
  query: PageQuery,
  reply: pageOf(Retraining),
})
export const getRetraining = defineEndpoint({
  id: 'getRetraining',
  method: 'GET',
  path: '/v1/retrainings/:retraining',
  summary: 'One retraining: trigger, snapshots, runs, versions, comparison, check, release',
  layer: 'evolution',
  params: z.object({ retraining: z.string().min(1).max(64) }),
  reply: RetrainingDetail,
})

/** Result of a comparison's job. */
export const ComparisonResult = z.object({
  report: z.looseObject({ decision: z.looseObject({ verdict: z.enum(['promote', 'keep', 'not-enough-data']) }) }),
  text: z.array(z.string()),
})
export type ComparisonResult = z.infer<typeof ComparisonResult>
export const compareVersions = defineEndpoint({
  id: 'compareVersions',
  method: 'POST',
  path: '/v1/models/:model/comparisons',
  summary: 'Hold versions against each other on the same rows. The result of the job is a ComparisonResult',
  layer: 'evolution',
  params: z.object({ model: Name }),
  body: z.strictObject({
    champion: z.int().min(1),
    challengers: z.array(z.int().min(1)).min(1).max(4),
    on: z
      .string()
      .regex(/^(evaluation|last [1-9]\d{0,5}[smhdw])$/, 'rows are evaluation, or a span of the journal such as last 14d')
      .default('evaluation'),
    deployment: Name.optional().describe('Whose journal the span is of. Default: the name in the contract.'),
    contract: z.string().max(262_144).optional().describe('Text of seaworthy.yaml. Default: that of the champion.'),
  }),
  reply: Accepted,
})
