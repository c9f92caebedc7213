/** A comparison as it is kept and shown: numbers first, words beside them, nothing that needs the rows again. */
import type { ComparisonVerdict, JudgedChallenger } from './decide.ts'

export interface ReportedDifference {
  readonly metric: string
  readonly better: 'higher' | 'lower'
  readonly rows: number
  readonly champion: number
  readonly challenger: number
  /** In the unit of the metric, above 0 where the challenger is better, and its interval. */
  readonly improvement: { readonly value: number; readonly low: number; readonly high: number; readonly confidence: number }
  readonly p: number
  readonly method: string
}
/** A metric that these rows allow no word about, and why. */
export interface ReportedShortfall {
  readonly metric: string
  readonly rows: number
  readonly shortfall: string
}
export interface ReportedSlice {
  /** `origin = ATL`. */
  readonly label: string
  readonly difference: ReportedDifference
  /** Adjusted for the number of slices (Holm). */
  readonly pAdjusted: number
  readonly isHarmed: boolean
}
export interface ReportedChallenger {
  /** `flight-delay@7 (warm)`. */
  readonly name: string
  readonly version: number
  /** The first decides. */
  readonly metrics: readonly (ReportedDifference | ReportedShortfall)[]
  /** The worst first. */
  readonly slices: readonly ReportedSlice[]
  readonly slicesCompared: number
  readonly slicesUnjudged: number
}
export interface ReportedVersion {
  readonly name: string
  readonly version: number
  /** Of the package. */
  readonly bytes: number
  /** Time of a call with one row, and of one row in a call of the best size, in milliseconds, on this machine. */
  readonly runMs: number
  readonly rowMs: number
  /** Rows with an outcome for which it gave nothing. */
  readonly rowsUnanswered: number
}

export interface ComparisonReport {
  readonly format: 'seaworthy-comparison/1'
  readonly model: string
  readonly champion: number
  readonly rows: ReportedRows
  /** As the contract writes it. */
  readonly rule: string
  readonly versions: readonly ReportedVersion[]
  readonly challengers: readonly ReportedChallenger[]
  readonly decision: {
    readonly verdict: ComparisonVerdict
    readonly winner?: number
    readonly summary: string
    readonly challengers: readonly JudgedChallenger[]
  }
  readonly createdAt: number
}
export interface ReportedRows {
  /** `12 days of flight-delay until 2026-03-01`, `the evaluation snapshot`. */
  readonly words: string
  readonly digest: string
  /** That every version answered and whose outcome is known. */
  readonly compared: number
  readonly withoutOutcome: number
}

export const isDifference = (metric: ReportedDifference | ReportedShortfall): metric is ReportedDifference => 'p' in metric
