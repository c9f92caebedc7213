import { z } from 'zod'
import { defineEndpoint, Digest, Name } from './endpoint.ts'
import { Accepted } from './platform.ts'

/** Most predictions that one replay asks again: their outputs are in memory when they are summed up, some ten megabytes. */
export const REPLAY_LIMIT_MAX = 1_000_000

export const ReplayRequest = z.strictObject({
  on: z.int().min(1).optional().describe('Version to ask instead. Default: the one that made each prediction.'),
  from: z.int().optional().describe('First moment, milliseconds since 1970.'),
  to: z.int().optional().describe('First moment that is not meant any more.'),
  limit: z.int().min(1).max(REPLAY_LIMIT_MAX).default(10_000).describe('Most predictions, the newest first.'),
})
export const replayPredictions = defineEndpoint({
  id: 'replayPredictions',
  method: 'POST',
  path: '/v1/deployments/:deployment/replays',
  summary:
    'Ask predictions of the journal again: on the versions that made them, to the bit, or on another one. The result of the job is a ReplayResult',
  layer: 'evolution',
  params: z.object({ deployment: Name }),
  body: ReplayRequest,
  reply: Accepted,
})
export const ReplayResult = z.object({
  digest: Digest.describe('Of the report; equal when two replays found the same.'),
  kind: z.enum(['exact', 'cross']),
  predictions: z.int(),
})

/** `report` is the stored document; `text` is the same for a terminal, a line an entry. */
export const Replay = z.object({
  digest: Digest,
  kind: z.enum(['exact', 'cross']),
  predictions: z.int(),
  /** Of a replay on the versions that answered: predictions that did not come out as they were. */
  deviations: z.int(),
  report: z.unknown(),
  text: z.array(z.string()),
})
export type Replay = z.infer<typeof Replay>
export const getReplay = defineEndpoint({
  id: 'getReplay',
  method: 'GET',
  path: '/v1/replays/:digest',
  summary: 'The report of a replay',
  layer: 'evolution',
  params: z.object({ digest: Digest }),
  reply: Replay,
})

export const ReplayedPrediction = z.object({
  prediction: z.string(),
  version: z.int(),
  output: z.unknown().optional().describe('Absent where it was refused.'),
  refusal: z.string().optional(),
  answered: z.unknown().describe('The output that is in the journal.'),
  identical: z.boolean().describe('The same, to the last digit.'),
  contractAssumed: z.boolean().describe('Nothing is known of the contract of that time: that of today was used.'),
  tookMs: z.number(),
})
export type ReplayedPrediction = z.infer<typeof ReplayedPrediction>
export const replayPrediction = defineEndpoint({
  id: 'replayPrediction',
  method: 'POST',
  path: '/v1/deployments/:deployment/predictions/:prediction/replay',
  summary: 'Ask one prediction again, now: on the version that made it, to the bit, or on another one. Nothing is journaled',
  layer: 'evolution',
  params: z.object({ deployment: Name, prediction: z.string().min(1).max(64) }),
  body: z.strictObject({ on: z.int().min(1).optional().describe('Default: the version that made it.') }),
  reply: ReplayedPrediction,
})
