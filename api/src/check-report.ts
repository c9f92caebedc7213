/** The signed report of a check, as it is stored: every gate with its numbers. */
import { z } from 'zod'

export const Verdict = z.enum(['pass', 'fail', 'not-enough-data'])
export type Verdict = z.infer<typeof Verdict>

export const GateResult = z.looseObject({
  gate: z.string().describe('Id of the gate: quality, slices, latency ...'),
  path: z.string().describe('Path in the contract of the line that it enforces.'),
  measured: z.string(),
  verdict: Verdict,
  value: z.number().optional(),
  interval: z.tuple([z.number(), z.number()]).readonly().optional(),
  confidence: z.number().optional(),
  bound: z.object({ min: z.number().optional(), max: z.number().optional() }).optional(),
  unit: z.string().optional(),
  rows: z.number().optional(),
  explanation: z.string(),
  method: z.string().optional(),
})
export type GateResult = z.infer<typeof GateResult>

export const CheckReport = z.looseObject({
  id: z.string(),
  versionDigest: z.string(),
  snapshotRows: z.number(),
  gates: z.array(GateResult).readonly(),
  machine: z.record(z.string(), z.union([z.string(), z.number()])),
})
export type CheckReport = z.infer<typeof CheckReport>
