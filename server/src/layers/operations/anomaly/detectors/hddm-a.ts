import { z } from 'zod'
import { createHddmA } from '../../../../stats/hddm-a.ts'
import { defineDetector, probability } from './contract.ts'

export const hddmADetector = defineDetector({
  id: 'hddm-a',
  title: "HDDM-A: the error rate against its lowest, by Hoeffding's bound",
  input: 'error',
  options: z.strictObject({
    driftConfidence: probability.default(1e-4).describe('Probability of a false alarm at one value.'),
    warningConfidence: probability.default(1e-3).describe('The same for a warning.'),
    direction: z.enum(['up', 'both']).default('up').describe('"both" also hears errors that become fewer.'),
  }),
  create: createHddmA,
})
