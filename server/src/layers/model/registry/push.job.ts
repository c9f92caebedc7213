import { z } from 'zod'
import { defineJob } from '../../../kernel/job.ts'
import { type PushServices, pushVersion } from './push-version.ts'

const Uploaded = z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), name: z.string().min(1).max(255) })

/** Makes a version of files that were uploaded. Needs no checkpoint: done again, it finds the version that it made. */
export const pushJob = defineJob<PushServices>()({
  kind: 'version.push',
  input: z.strictObject({
    /** Of the model. */
    name: z.string(),
    file: Uploaded,
    weights: z
      .array(Uploaded.extend({ path: z.string().min(1).max(1_024) }))
      .max(1_000)
      .optional(),
    data: Uploaded.optional(),
    evaluation: Uploaded.optional(),
    outcome: z.string().optional(),
    contractText: z.string().optional(),
    environment: z.unknown().optional(),
    commit: z.string().optional(),
    actor: z.string(),
    reason: z.string().optional(),
  }),
  checkpoint: z.null(),
  attemptsMax: 3,
  run: ({ input: { name: model, file: modelFile, ...rest }, jobId, signal, progress }, services) =>
    pushVersion({ ...rest, model, modelFile }, services, { jobId, signal, progress }),
})
