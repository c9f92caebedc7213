import { z } from 'zod'
import { createAdwin } from '../../../../stats/adwin.ts'
import { defineDetector, probability } from './contract.ts'

export const adwinDetector = defineDetector({
  id: 'adwin',
  title: 'ADWIN: the longest window without a change of the mean',
  input: 'value',
  options: z.strictObject({
    delta: probability.default(0.002).describe('Bound on the probability of a false alarm at a check.'),
    clock: z.int().min(1).max(100_000).default(32).describe('Values between checks.'),
    bucketsMax: z.int().min(2).max(100).default(5).describe('Buckets of one size: more are finer cuts.'),
    partMin: z.int().min(1).max(100_000).default(5).describe('Values on each side of a cut.'),
    graceCount: z.int().min(0).max(1_000_000).default(10).describe('Values before the first check.'),
    range: z
      .union([z.number().positive(), z.literal('seen')])
      .default('seen')
      .describe('Largest less smallest possible value, or "seen".'),
  }),
  create: createAdwin,
})
