import { z } from 'zod'
import { defineJob } from '../../../kernel/job.ts'
import type { CheckRecord } from './check.ts'
import { type CheckServices, runCheck } from './run-check.ts'

/**
 * Every gate of a contract against one version. Needs no checkpoint: a check that was interrupted is measured anew, because a
 * report is of one machine at one time.
 */
export const checkJob = defineJob<CheckServices>()({
  kind: 'version.check',
  input: z.strictObject({
    model: z.string().min(1).max(63),
    version: z.int().min(1),
    contractText: z.string().max(262_144).optional(),
    evaluation: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/), name: z.string().min(1).max(255) }).optional(),
    actor: z.string().min(1).max(200),
  }),
  checkpoint: z.null(),
  attemptsMax: 2,
  run: ({ input, signal, progress }, services): Promise<CheckRecord> => runCheck(input, services, { signal, progress }),
})
