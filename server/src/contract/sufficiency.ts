import { z } from 'zod'

/** At least one end: a value inside is good enough. */
export const Bound = z
  .strictObject({ min: z.number().optional(), max: z.number().optional() })
  .refine(({ min, max }) => min !== undefined || max !== undefined, 'give min, max or both')
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'max is below min')
export type Bound = Readonly<z.infer<typeof Bound>>

const Percentile = z.strictObject({ max: z.number().positive() })
export const LATENCY_PERCENTILES = { 'p50-ms': 0.5, 'p90-ms': 0.9, 'p95-ms': 0.95, 'p99-ms': 0.99 } as const

const Slices = z
  .object({
    by: z.array(z.string().min(1)).min(1).max(20).describe('Columns whose values make the slices.'),
    'min-rows': z.int().min(1).default(100).describe('A slice with fewer rows is not judged. Default: 100.'),
  })
  .catchall(Bound)
  .refine((slices) => Object.keys(slices).length > 2, 'name at least one metric with its bound, such as roc-auc: { min: 0.55 }')

const Latency = z
  .strictObject({
    'p50-ms': Percentile.optional(),
    'p90-ms': Percentile.optional(),
    'p95-ms': Percentile.optional(),
    'p99-ms': Percentile.optional(),
    'at-requests-per-second': z.number().min(1).max(100_000).describe('The load at which the latency is measured.'),
  })
  .refine((latency) => Object.keys(latency).length > 1, 'name at least one percentile, such as p99-ms: { max: 20 }')

/** "Ready", as numbers that were agreed before deployment. Every line becomes a gate of the check. */
export const Sufficiency = z.strictObject({
  quality: z.record(z.string(), Bound).default({}).describe('A bound for each metric, on the evaluation snapshot.'),
  slices: Slices.optional().describe('The same for parts of the data, so that a good average hides no bad part.'),
  latency: Latency.optional().describe('Time to answer at a stated load.'),
  stability: z
    .strictObject({ 'replay-changes': z.strictObject({ max: z.number().min(0).max(1) }) })
    .optional()
    .describe('Share of replayed predictions that may change against the champion.'),
  explain: z.enum(['required', 'optional']).default('optional').describe('Must single predictions be explainable?'),
})
export type Sufficiency = Readonly<z.infer<typeof Sufficiency>>
