import { durationMs } from '../../../contract/duration.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import type { ReleaseRecord } from './release.ts'

export interface StepRules {
  /** A step without a clear win or loss moves on after this time, in milliseconds ... */
  readonly durationMs: number
  /** ... when the new version has seen so many requests. */
  readonly requestsMin: number
}

/** By the contract of the release, which has rules always: without them it would not have begun. */
export function stepRulesOf({ contractText }: Pick<ReleaseRecord, 'contractText'>): StepRules {
  const rules = parseContract(contractText).maintenance.release
  return { durationMs: durationMs(rules?.['step-duration'] ?? '10m'), requestsMin: rules?.['min-requests'] ?? 0 }
}
