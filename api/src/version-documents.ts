/** Documents of a package as they cross the wire, unchanged: what a version takes and gives, and where it comes from. */
import { z } from 'zod'

export const SignatureInput = z.object({
  name: z.string(),
  type: z.enum(['number', 'integer', 'boolean', 'category', 'text', 'tensor']),
  nullable: z.boolean(),
  min: z.number().optional().describe('Smallest value of the training data; no limit.'),
  max: z.number().optional(),
  categories: z.array(z.string()).readonly().optional(),
  shape: z.array(z.int()).readonly().optional(),
})
export type SignatureInput = z.infer<typeof SignatureInput>
export const SignatureOutput = z.object({
  name: z.string(),
  type: z.enum(['probability', 'probabilities', 'number', 'integer', 'boolean', 'category', 'tensor']),
  graphOutput: z.string(),
  element: z.string(),
  column: z.int().optional(),
  classes: z.array(z.string()).readonly().optional(),
  shape: z.array(z.int()).readonly().optional(),
})
export const Signature = z.looseObject({
  inputs: z.array(SignatureInput).readonly(),
  outputs: z.array(SignatureOutput).readonly(),
})
export type Signature = z.infer<typeof Signature>

export const Lineage = z.looseObject({
  runId: z.string().optional(),
  snapshotDigest: z.string().optional().describe('Of the data that it was trained on.'),
  evaluationDigest: z.string().optional(),
  commit: z.string().optional(),
  parentVersion: z.int().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  seed: z.int().optional(),
  outcome: z.string().optional().describe('Column of the training data that holds it.'),
})
export type Lineage = z.infer<typeof Lineage>
