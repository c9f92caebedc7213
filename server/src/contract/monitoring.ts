import { z } from 'zod'
import { Duration, durationMs } from './duration.ts'

const WEEK_MS = 7 * 86_400_000

/** What a window is held against. */
export const DriftReferenceName = z.enum(['baseline', 'previous', 'same_hour_of_week'])
export type DriftReferenceName = z.infer<typeof DriftReferenceName>

const Drift = z.strictObject({
  measure: z.string().default('auto'),
  reference: DriftReferenceName.default('baseline').describe(
    'What a window is held against: the training data (baseline), the window before it (previous), or the same hour of past weeks, for data with a weekly rhythm. Default: baseline.',
  ),
  sustained: z.int().min(1).max(100).default(3),
  'false-alarms-per-month': z
    .number()
    .positive()
    .max(1_000)
    .default(1)
    .describe('How many false alarms of drift a month are bearable.'),
})

const Errors = z.strictObject({
  detector: z
    .enum(['hddm-a', 'adwin', 'page-hinkley', 'ddm', 'kswin', 'none'])
    .default('hddm-a')
    .describe('Which detector reads them. Default: hddm-a, which hears errors that grow and not ones that shrink.'),
})

const Quality = z.strictObject({
  over: Duration.describe(
    'Span of predictions that is judged together once its outcomes have come: longer than a window where one week is unlike the next, as with weather.',
  ),
})

const Keys = z.strictObject({
  window: Duration.default('1h'),
  drift: Drift.optional(),
  slices: z
    .array(z.string().min(1).max(200))
    .max(20)
    .optional()
    .describe(
      'Inputs whose values are watched apart: the ten most frequent of each. Default: those of sufficient.slices; [] watches none.',
    ),
  errors: Errors.optional().describe('Reads the error of each prediction whose outcome came, in the order of the predictions.'),
  quality: Quality.optional().describe('How quality is judged. Default: over each window, a day at least.'),
  alert: z.array(z.string().min(1).max(100)).max(20).default(['console']),
})

/** How it is watched once it serves. */
export const Monitoring = Keys.check(({ value, issues }) => {
  if (value.drift?.reference !== 'same_hour_of_week' || WEEK_MS % durationMs(value.window) === 0) return
  issues.push({
    code: 'custom',
    path: ['window'],
    message: 'a week is no whole number of these windows, so that none has a twin in another week: take 1h, 1d or the like',
    input: value,
  })
})
