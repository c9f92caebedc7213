/** What is known of both versions in the time of a step. Counts are kept by the data plane, rows by the journal. */
import type { TrafficCounts } from '../../serving/data-plane.ts'

/** Counts of one version within a step. */
export type ArmCounts = Omit<TrafficCounts, 'epoch'>

export interface EvidenceRow {
  /** Of the answered prediction; of a shadow's, the one that it was copied from. */
  readonly id: string
  /** Outputs by name. */
  readonly output: Readonly<Record<string, unknown>>
  readonly outcome?: number | string | boolean
}

export interface EvidenceRows {
  /** Oldest first, so that what was counted before is counted again and only more is added. */
  readonly champion: readonly EvidenceRow[]
  readonly challenger: readonly EvidenceRow[]
}

export interface EvidenceQuery {
  readonly deployment: string
  /** Versions. */
  readonly champion: number
  readonly challenger: number
  readonly isShadow: boolean
  /** Milliseconds since 1970; `to` is the first that does not belong to it. */
  readonly from: number
  readonly to: number
}

/** Where a release reads what both versions predicted; the journal implements it. */
export interface ReleaseEvidence {
  rows(query: EvidenceQuery): Promise<EvidenceRows>
}
