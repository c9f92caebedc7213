import { z } from 'zod'
import { createKswin } from '../../../../stats/kswin.ts'
import { defineDetector, probability } from './contract.ts'

export const kswinDetector = defineDetector({
  id: 'kswin',
  title: 'KSWIN: the shape of the latest values against the ones before',
  input: 'value',
  options: z
    .strictObject({
      alpha: probability.default(1e-6).describe('Probability of a distance this large at one test.'),
      windowCount: z.int().min(20).max(2_000).default(900).describe('Values that are kept.'),
      recentCount: z.int().min(10).max(1_000).default(300).describe('The latest of them, compared with the rest.'),
      clock: z.int().min(1).max(2_000).default(10).describe('Values between tests.'),
      distanceMin: z.number().min(0).max(1).default(0.1).describe('Distances up to this are too small to matter.'),
    })
    .refine(({ windowCount, recentCount }) => recentCount < windowCount, 'recentCount is less than windowCount'),
  create: createKswin,
})
