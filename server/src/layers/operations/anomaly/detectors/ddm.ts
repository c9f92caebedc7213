import { z } from 'zod'
import { createDdm } from '../../../../stats/ddm.ts'
import { defineDetector } from './contract.ts'

export const ddmDetector = defineDetector({
  id: 'ddm',
  title: 'DDM: the error rate against its lowest',
  input: 'error',
  options: z.strictObject({
    countMin: z.int().min(1).max(1_000_000).default(30).describe('Values before the first signal.'),
    errorsMin: z.number().min(0).max(1_000_000).default(100).describe('Errors before the first signal.'),
    warningLevel: z.number().positive().default(3).describe('Standard deviations above the lowest that are a warning.'),
    driftLevel: z.number().positive().default(4).describe('Standard deviations above the lowest that are a drift.'),
  }),
  create: createDdm,
})
