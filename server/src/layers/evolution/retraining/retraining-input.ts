import { z } from 'zod'
import { contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import type { DeploymentRepository } from '../../serving/index.ts'
import type { RetrainingKeeper, RetrainingRecord } from './retraining.ts'

/** What is known of a retraining when it is queued. */
export const RetrainingInput = z.strictObject({
  deployment: z.string().min(1).max(63),
  trigger: z.string().min(1).max(40),
  reason: z.string().max(2_000),
  numbers: z.record(z.string(), z.union([z.number(), z.string()])),
  folder: z.string().min(1).max(4_096),
  asOf: z.int(),
  actor: z.string().min(1).max(200),
})
export type RetrainingInput = Readonly<z.infer<typeof RetrainingInput>>

/**
 * The record of a queued retraining, made by whoever comes first: the one that queued it, or the job. Throws RetrainingRunning
 * and DeploymentNotFound.
 */
export async function openRecord(
  id: string,
  { actor, ...input }: RetrainingInput,
  {
    retrainings,
    deployments,
  }: { readonly retrainings: RetrainingKeeper; readonly deployments: Pick<DeploymentRepository, 'get'> },
): Promise<RetrainingRecord> {
  const { model, variants, contractText } = await deployments.get(input.deployment)
  const champion = variants.find(({ name }) => name === 'champion')?.version ?? 0
  const digest = contractDigest(parseContract(contractText))
  return retrainings.begin({ id, ...input, model, champion, contractText, contractDigest: digest }, { actor })
}
