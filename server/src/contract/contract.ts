/**
 * `seaworthy.yaml`, the contract: the four decisions that projects fail on when nobody writes them down. What is good
 * enough, how it is served, how it is maintained, who agrees. Keys are spelt as in the file, so that a path in an error
 * message is the path in the file.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from '../kernel/canonical-json.ts'
import { Duration } from './duration.ts'
import { InputRule, OnInvalid } from './input-rule.ts'
import { Maintenance } from './maintenance.ts'
import { Monitoring } from './monitoring.ts'
import { Sufficiency } from './sufficiency.ts'

export const ModeName = z.enum(['realtime', 'batch', 'stream'])
export const TargetName = z.enum(['local', 'container', 'kubernetes', 'sagemaker', 'vertex', 'azureml', 'edge'])

const Serving = z.strictObject({
  mode: ModeName.default('realtime').describe('When predictions are made. Decided first.'),
  because: z.string().max(1_000).optional().describe('Why this mode.'),
  target: TargetName.default('local').describe('Where it runs.'),
  'on-invalid': OnInvalid.default('reject'),
  'routing-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Input that keeps its caller on one version while two of them answer. The header x-routing-key goes before it.'),
})
const Output = z.strictObject({
  name: z.string().min(1).max(200),
  type: z.enum(['probability', 'probabilities', 'number', 'integer', 'boolean', 'category', 'tensor']),
})
const Outcome = z.strictObject({
  name: z.string().min(1).max(200).describe('Column of the data, and field of the outcomes.'),
  join: z.literal('prediction-id').default('prediction-id').describe('How an outcome finds its prediction.'),
  'arrives-within': Duration.optional().describe('How late outcomes usually are.'),
})
export const ContractSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name has lower-case letters, digits and dashes, at most 63')
      .describe('Name of the deployment, and of the model unless a command says otherwise.'),
    purpose: z.string().max(2_000).optional().describe('Who decides what with it.'),
    owners: z.record(z.string(), z.string().min(1).max(200)).default({}).describe('Who answers for it, by role.'),
    serving: Serving.prefault({}),
    inputs: z.record(z.string().min(1).max(200), InputRule).default({}),
    output: Output.optional().describe('What it says. Default: the first output of the signature.'),
    outcome: Outcome.optional().describe('What really happens, told later.'),
    sufficient: Sufficiency.prefault({}).describe('"Ready" as numbers, agreed before deployment.'),
    monitoring: Monitoring.prefault({}),
    maintenance: Maintenance.prefault({}),
  })
  .check(({ value, issues }) => {
    const quality = Object.keys(value.sufficient.quality).length > 0 || value.sufficient.slices !== undefined
    if (quality && value.outcome === undefined)
      issues.push({
        code: 'custom',
        path: ['sufficient', Object.keys(value.sufficient.quality).length > 0 ? 'quality' : 'slices'],
        message: 'quality cannot be measured without an outcome: add outcome with the name of its column',
        input: value,
      })
  })
export type Contract = Readonly<z.infer<typeof ContractSchema>>

/** sha256 of what the contract says, whatever its comments, order and spelling of defaults. */
export const contractDigest = (contract: Contract): string => createHash('sha256').update(canonicalJson(contract)).digest('hex')
