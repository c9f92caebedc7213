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
