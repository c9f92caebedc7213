import { z } from 'zod'
import { createPageHinkley } from '../../../../stats/page-hinkley.ts'
import { defineDetector } from './contract.ts'

export const pageHinkleyDetector = defineDetector({
  id: 'page-hinkley',
  title: 'Page-Hinkley: deviations from the mean, added up',
  input: 'value',
  options: z.strictObject({
    countMin: z.int().min(2).max(1_000_000).default(30).describe('Values before the first alarm.'),
    delta: z.number().min(0).default(0.1).describe('Changes of the mean smaller than this are let pass.'),
    threshold: z.number().positive().default(50).describe('Sum of deviations that is a drift.'),
    forgetting: z.number().gt(0).max(1).default(1).describe('Share of the sum that each value leaves of it.'),
    direction: z.enum(['up', 'down', 'both']).default('both'),
    unit: z.enum(['value', 'standard-deviation']).default('standard-deviation').describe('Unit of delta and threshold.'),
  }),
  create: createPageHinkley,
})
