/**
 * The stepwise move of traffic to a new version.
 *
 *     waiting-for-approval -> running(step 0) -> running(step 1) .. -> promoted
 *                                 |  ^                                    |
 *                                 v  |                                    v
 *                               holding -> aborted                   rolled-back
 *
 * What is said here is recorded before traffic moves, in the transaction that records who gets how much of it, so that after
 * a kill at any moment the two agree and the release goes on from where it stood.
 */
import type { Page, PageRequest } from '../../../kernel/page.ts'
import type { StepAnalysis } from './step-analysis.ts'

/** One step of a contract: `shadow 10%`, `canary 50%`, `full`. */
export interface ReleaseStep {
  readonly kind: 'shadow' | 'canary' | 'full'
  /** Of the requests, above 0 to 1: copied to a shadow, or answered by a canary. */
  readonly share: number
  /** As the contract writes it. */
  readonly text: string
}

interface Told {
  /** Who or what brought it into this state, when, and why. */
  readonly by: string
  readonly at: number
  readonly explanation?: string
}
export type ReleaseState =
  | { readonly kind: 'waiting-for-approval' }
  | { readonly kind: 'running'; readonly step: number }
  | ({ readonly kind: 'holding'; readonly step: number } & Told)
  | ({ readonly kind: 'promoted' } & Told)
  | ({ readonly kind: 'aborted' } & Told)
  | ({ readonly kind: 'rolled-back' } & Told)

export interface ReleaseRecord {
  readonly id: string
  readonly deployment: string
  readonly model: string
  /** The version that is released, and the champion that it is held against. */
  readonly version: number
  readonly champion: number
  readonly contractText: string
  readonly contractDigest: string
  readonly checkId?: string
  readonly overrideReason?: string
  readonly state: ReleaseState
  readonly steps: readonly ReleaseStep[]
  /** People besides the author who must approve before the first step. */
  readonly approvalsNeeded: number
  readonly createdAt: number
  readonly createdBy: string
  readonly reason?: string
  readonly updatedAt: number
  readonly finishedAt?: number
}

/** How a step ended: by a clear win or loss, by its time, by hand, or with the release. */
export type StepOutcome = 'win' | 'loss' | 'time' | 'by-hand' | 'aborted'

export interface StepRecord {
  readonly position: number
  readonly step: ReleaseStep
  readonly startedAt: number
  /** Since when its duration counts: its start, or when it was last resumed. */
  readonly countedFrom: number
  readonly endedAt?: number
  readonly outcome?: StepOutcome
  /** What the last look saw. */
  readonly analysis?: StepAnalysis
  /** Who accepted that the predictions of the new version are unlike the champion's. */
  readonly shiftAcceptedBy?: string
}

export interface ApprovalRecord {
  readonly actor: string
  readonly comment?: string
  readonly at: number
}

export interface ReleaseDetail extends ReleaseRecord {
  readonly stepRecords: readonly StepRecord[]
  readonly approvals: readonly ApprovalRecord[]
}

export interface ReleaseQuery extends PageRequest {
  readonly deployment?: string | undefined
}

export interface ReleaseRepository {
  /** Newest first. */
  list(query: ReleaseQuery): Promise<Page<ReleaseRecord>>
  /** By its id, or by the name of a deployment: then its open release, or else its last. Throws ReleaseNotFound. */
  get(reference: string): Promise<ReleaseDetail>
  findOpen(deployment: string): Promise<ReleaseRecord | undefined>
  /** All that are not finished: what is looked at again and again. */
  listOpen(): Promise<readonly ReleaseRecord[]>
}

export const isOpen = ({ state }: Pick<ReleaseRecord, 'state'>): boolean =>
  state.kind === 'waiting-for-approval' || state.kind === 'running' || state.kind === 'holding'
