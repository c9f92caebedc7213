import { z } from 'zod'
import { Duration } from './duration.ts'

const Step = z.string().regex(/^(shadow|canary) (100|[1-9]?\d)%$|^full$/, 'a step is "shadow 10%", "canary 50%" or "full"')
const RetrainTrigger = z
  .string()
  .regex(/^(drift|quality|[1-9]\d*k?-new-outcomes)$/, 'a trigger is drift, quality or a count such as 100k-new-outcomes')

/** How the model is kept good. Without it, its expiry date is unknown. */
export const Maintenance = z.strictObject({
  retrain: z
    .strictObject({ every: Duration.optional(), on: z.array(RetrainTrigger).default([]) })
    .optional()
    .describe('When a new version is trained.'),
  train: z
    .strictObject({
      command: z
        .string()
        .min(1)
        .max(2_000)
        .describe('Program and arguments; run in the folder of the contract, without a shell.'),
      data: z.string().max(200).optional().describe('What to train on, such as "last 60d".'),
    })
    .optional()
    .describe('How a new version is trained.'),
  compare: z.strictObject({ on: z.string().max(200), require: z.string().max(200) }).optional(),
  release: z
    .strictObject({
      steps: z
        .array(Step)
        .min(1)
        .max(20)
        .default(['full'])
        .refine((steps) => steps.at(-1) === 'full', 'the last step is full'),
      approvals: z.int().min(0).max(10).default(0),
    })
    .optional()
    .describe('How traffic moves to a new version.'),
  rollback: z.enum(['automatic', 'manual']).default('manual'),
  'review-by': z.iso.date('a date is written 2027-06-01').optional().describe('When people look at it again.'),
})
