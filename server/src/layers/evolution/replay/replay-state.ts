/** How far a replay has come: the checkpoint of its job. */
import { z } from 'zod'
import { emptyTally, ExactTally } from './exact-tally.ts'
import { ReplayExampleShape } from './replay-example.ts'

const Count = z.int().min(0)
export const ReplayState = z.strictObject({
  /** Where the next page of the journal begins, and the time of the last prediction before it. */
  cursor: z.string().max(500).optional(),
  oldest: z.number().optional(),
  isDone: z.boolean(),
  /** Predictions read, and those of them that were asked again. */
  seen: Count,
  predictions: Count,
  refused: Count,
  contractsAssumed: Count,
  first: z.number().optional(),
  last: z.number().optional(),
  answersDigest: z.string(),
  exact: ExactTally,
  /** Of a replay on another version: lines and bytes of the file of differences, and who made the newest prediction. */
  spooled: Count,
  spoolBytes: Count,
  newestVersion: z.int().optional(),
  refusals: z.array(ReplayExampleShape),
})
export type ReplayState = z.infer<typeof ReplayState>

export const emptyState = (): ReplayState => ({
  isDone: false,
  seen: 0,
  predictions: 0,
  refused: 0,
  contractsAssumed: 0,
  answersDigest: '0'.repeat(64),
  exact: emptyTally(),
  spooled: 0,
  spoolBytes: 0,
  refusals: [],
})
