/** A retraining: what set it off, what was learned from, who was compared, what was decided and why. */
import type { Authorship, Page, PageRequest } from '../../../kernel/page.ts'
import type { ComparisonReport } from '../comparison/comparison-report.ts'
import type { JournalSnapshot } from './snapshot.ts'

/**
 *     waiting -> snapshot -> training-warm -> training-scratch -> comparing -> checking -> releasing -> done
 *
 * From every state but the last three it may end: done with the decision not to change anything, failed, cancelled.
 */
export type RetrainingState =
  | 'waiting'
  | 'snapshot'
  | 'training-warm'
  | 'training-scratch'
  | 'comparing'
  | 'checking'
  | 'releasing'
  | 'done'
  | 'failed'
  | 'cancelled'

/** `recommended`: better, and the contract leaves the release to people. */
export type RetrainingDecision = 'promoted' | 'recommended' | 'kept' | 'not-enough-data'

/** A new version of the retraining, or why there is none. */
export interface Challenger {
  readonly run: string
  readonly version?: number
  readonly failure?: { readonly code: string; readonly message: string }
}

export interface RetrainingComparison {
  /** On the rows that decide. */
  readonly deciding: ComparisonReport
  /** On the pinned evaluation snapshot, when there is one and it is not what decides. */
  readonly evaluation?: ComparisonReport
}

export interface RetrainingRecord {
  readonly id: string
  readonly deployment: string
  readonly model: string
  readonly state: RetrainingState
  /** Id of the trigger, what it says, and the numbers behind that. */
  readonly trigger: string
  readonly reason: string
  readonly numbers: Readonly<Record<string, number | string>>
  /** The version that served when it began. */
  readonly champion: number
  readonly contractText: string
  readonly contractDigest: string
  /** Where the training command runs. */
  readonly folder: string
  /** Outcomes that were recorded later are not seen, milliseconds since 1970. */
  readonly asOf: number
  readonly training?: JournalSnapshot
  readonly heldBack?: JournalSnapshot
  readonly warm?: Challenger
  readonly scratch?: Challenger
  readonly comparison?: RetrainingComparison
  readonly decision?: RetrainingDecision
  /** Why, in sentences. */
  readonly explanation?: readonly string[]
  readonly winner?: number
  readonly checkId?: string
  readonly releaseId?: string
  readonly failure?: { readonly code: string; readonly message: string }
  readonly createdAt: number
  readonly createdBy: string
  readonly updatedAt: number
  readonly finishedAt?: number
}

export type RetrainingBeginning = Pick<
  RetrainingRecord,
  | 'id'
  | 'deployment'
  | 'model'
  | 'trigger'
  | 'reason'
  | 'numbers'
  | 'champion'
  | 'contractText'
  | 'contractDigest'
  | 'folder'
  | 'asOf'
>
/** What a stage found. */
export type RetrainingFindings = Partial<
  Pick<
    RetrainingRecord,
    | 'training'
    | 'heldBack'
    | 'warm'
    | 'scratch'
    | 'comparison'
    | 'decision'
    | 'explanation'
    | 'winner'
    | 'checkId'
    | 'releaseId'
    | 'failure'
  >
>

export interface RetrainingRepository {
  find(id: string): Promise<RetrainingRecord | undefined>
  /** Throws RetrainingNotFound. */
  get(id: string): Promise<RetrainingRecord>
  /** Newest first. */
  list(deployment: string, page: PageRequest): Promise<Page<RetrainingRecord>>
  /** The one that has not ended. */
  findOpen(deployment: string): Promise<RetrainingRecord | undefined>
}
export interface RetrainingKeeper extends RetrainingRepository {
  /** Records a new one as waiting. One with this id that is there stays as it is. Throws RetrainingRunning. */
  begin(beginning: RetrainingBeginning, by: Authorship): Promise<RetrainingRecord>
  /** Moves on from a stage, with what it found; recorded. Throws RetrainingEnded, also when it is not in that stage. */
  advance(id: string, from: RetrainingState, to: RetrainingState, findings: RetrainingFindings): Promise<RetrainingRecord>
  /** Ends those whose job is over without them: failed or cancelled as the job is. Gives how many. */
  closeAbandoned(): Promise<number>
}

export type ChallengerKind = 'warm' | 'scratch'
/** The run of a challenger. Its name is the way back from a version to the retraining that made it. */
export const runIdOf = (retraining: string, kind: ChallengerKind): string => `${retraining}-${kind}`
/** The retraining of which a run is a part; undefined for one that stands for itself. */
export const retrainingIdOf = (run: string): string | undefined => /^(.+)-(?:warm|scratch)$/.exec(run)?.[1]
