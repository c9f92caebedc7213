import { REPLAY_LIMIT_MAX } from '@seaworthy/api/replay'
import { z } from 'zod'
import { defineJob } from '../../../kernel/job.ts'
import type { ReplayResult } from './replay.ts'
import { ReplayState } from './replay-state.ts'
import { type ReplayServices, runReplay } from './run-replay.ts'

/** Predictions of the journal asked again; goes on after the last page that it had finished. */
export const replayJob = defineJob<ReplayServices>()({
  kind: 'version.replay',
  input: z.strictObject({
    deployment: z.string().min(1).max(63),
    on: z.int().min(1).optional(),
    from: z.number().optional(),
    to: z.number().optional(),
    limit: z.int().min(1).max(REPLAY_LIMIT_MAX),
  }),
  checkpoint: ReplayState,
  attemptsMax: 3,
  run: ({ jobId, input, resumeFrom, signal, progress }, services): Promise<ReplayResult> =>
    runReplay(input, services, { jobId, resumeFrom, signal, progress }),
})
