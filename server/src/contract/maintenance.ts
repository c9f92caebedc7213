import { z } from 'zod'
import { Duration } from './duration.ts'
import { Span, spanMs } from './span.ts'

const Step = z
  .string()
  .regex(/^(shadow|canary) (100|[1-9]\d?)%$|^full$/, 'a step is "shadow 10%", "canary 50%" or "full"')
  .describe(
    'shadow N%: N % of the requests are copied to the new version, which answers nobody. canary N%: it answers N %. full: it answers all.',
  )
const RetrainTrigger = z
  .string()
  .regex(
    /^(drift|quality|webhook|[1-9]\d{0,8}k?-new-outcomes)$/,
    'a trigger is drift, quality, webhook or a count such as 100k-new-outcomes',
  )

const Keys = z.strictObject({
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
      data: Span.optional().describe('Which part of the journal a retraining learns from, such as last 60d.'),
    })
    .optional()
    .describe('How a new version is trained.'),
  compare: z
    .strictObject({
      on: z
        .string()
        .regex(/^(evaluation|last [1-9]\d{0,5}[smhdw])$/, 'these rows are a span such as last 14d, or evaluation')
        .describe('Rows that decide: the newest of the journal, kept back from training, or the pinned evaluation snapshot.'),
      require: z.string().max(200).describe('What a challenger has to show, such as better-with-95%-confidence.'),
    })
    .optional()
    .describe('How a new version is held against the one that serves.'),
  release: z
    .strictObject({
      steps: z
        .array(Step)
        .min(1)
        .max(20)
        .default(['full'])
        .refine((steps) => steps.at(-1) === 'full', 'the last step is full'),
      approvals: z
        .int()
        .min(0)
        .max(10)
        .default(0)
        .describe('People besides the one who launches who must approve before the first step.'),
      'step-duration': Duration.default('10m').describe(
        'A step without a clear win or loss moves on after this time, whether outcomes have come or not. Default: 10m.',
      ),
      'min-requests': z
        .int()
        .min(0)
        .max(1_000_000_000)
        .default(500)
        .describe('Requests that the new version must have seen in a step before time alone moves it on. Default: 500.'),
    })
    .optional()
    .describe('How traffic moves to a new version.'),
  rollback: z.enum(['automatic', 'manual']).default('manual'),
  'review-by': z.iso.date('a date is written 2027-06-01').optional().describe('When people look at it again.'),
})

/** How the model is kept good. Without it, its expiry date is unknown. */
export const Maintenance = Keys.check(({ value, issues }) => {
  const { retrain, train, compare } = value
  const complain = (path: string[], message: string) => issues.push({ code: 'custom', path, message, input: value })
  if (retrain !== undefined && train === undefined)
    complain(['retrain'], 'a retraining needs a training: add maintenance.train with command and data')
  else if (retrain !== undefined && train?.data === undefined)
    complain(['train'], 'a retraining needs rows: add data, such as last 60d')
  const on = compare?.on
  if (train?.data === undefined || on === undefined || on === 'evaluation' || spanMs(train.data) > spanMs(on)) return
  complain(['train', 'data'], `the newest part (maintenance.compare.on: ${on}) is kept back from training, and nothing is left`)
})
