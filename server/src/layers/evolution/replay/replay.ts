/**
 * A replay: predictions of the journal asked again. On the version that made each of them it is the proof that the journal, the
 * packages and the arithmetic still fit together, to the bit; on another version it is what that version would have said to
 * yesterday's callers.
 */
import type { Estimate } from '../../../stats/estimate.ts'

export interface ReplayRequest {
  readonly deployment: string
  /** A version to ask instead. Default: the one that made each prediction. */
  readonly on?: number | undefined
  /** First millisecond that belongs to the window, and first that does not. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Most predictions, the newest of the window first. */
  readonly limit: number
}

/** A prediction that came out otherwise. Texts are cut where they are long. */
export interface ReplayExample {
  readonly id: string
  readonly time: number
  readonly version: number
  readonly inputs: string
  /** The output as it was answered, and as it is now; JSON texts. */
  readonly answered: string
  readonly now?: string | undefined
  /** Why the inputs are not answered any more. */
  readonly refusal?: string | undefined
}

export interface ReplayHead {
  readonly format: 'seaworthy-replay/1'
  readonly deployment: string
  readonly window: { readonly from?: number; readonly to?: number; readonly limit: number }
  /** Predictions that were asked again. */
  readonly predictions: number
  /** Time of the first and of the last of them. */
  readonly span?: { readonly from: number; readonly to: number }
  /** Inputs that are not answered any more. */
  readonly refused: number
  /** Predictions whose contract at that time is not known; the one of today was taken. */
  readonly contractsAssumed: number
  /** sha256 over the ids and the outputs that came out, one after the other: equal when two replays gave equal bytes. */
  readonly answersDigest: string
  readonly machine: Readonly<Record<string, string | number>>
  readonly method: string
}

/** On the versions that made the predictions. */
export interface ExactReport extends ReplayHead {
  readonly kind: 'exact'
  readonly examples: readonly ReplayExample[]
  readonly identical: number
  readonly different: number
  /** Identical ones that came out so only with another number of rows in the call than was tried first. */
  readonly dependOnBatch: number
  /** Identical outputs with other flags about the inputs. */
  readonly flagsDifferent: number
  readonly versions: readonly ExactVersion[]
}
export interface ExactVersion {
  readonly version: number
  readonly predictions: number
  readonly identical: number
  readonly different: number
  readonly refused: number
}

/** On one other version. */
export interface CrossReport extends ReplayHead {
  readonly kind: 'cross'
  /** What moved most, then what is refused. */
  readonly examples: readonly ReplayExample[]
  readonly on: number
  /** Predictions by the version that made them. */
  readonly versions: readonly { readonly version: number; readonly predictions: number }[]
  readonly output: string
  /** Share of answers that amount to something else: another side of 0.5, another class, another whole number. */
  readonly changed?: Estimate
  readonly changedBy: string
  /** Absent for outputs that are no numbers. */
  readonly difference?: NumberDifference
  readonly movers: readonly Mover[]
  readonly quality: readonly QualityDifference[]
  readonly outcomes: number
}
export interface NumberDifference {
  /** What a difference is: of the numbers, or the total variation of class probabilities. */
  readonly of: string
  /** Mean of new - old; absent where differences have no sign. */
  readonly mean?: number
  readonly meanAbsolute: number
  /** Quantiles of |difference|. */
  readonly quantiles: {
    readonly p50: number
    readonly p90: number
    readonly p95: number
    readonly p99: number
    readonly max: number
  }
}
/** A part of the traffic for which answers move more than for the rest. */
export interface Mover {
  readonly input: string
  readonly value: string
  readonly rows: number
  readonly changed: number
  readonly mean?: number
  readonly meanAbsolute?: number
}
export interface QualityDifference {
  readonly metric: string
  readonly rows: number
  readonly before?: number
  readonly after?: number
  /** Above 0 where the other version is better, whichever way the metric points. */
  readonly improvement?: Estimate
  readonly shortfall?: string
}
export type ReplayReport = ExactReport | CrossReport

/** What the job gives: the report is a blob under this digest. */
export interface ReplayResult {
  readonly digest: string
  readonly kind: ReplayReport['kind']
  readonly predictions: number
}
