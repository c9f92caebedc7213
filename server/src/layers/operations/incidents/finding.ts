/**
 * What a monitor saw in one window, about one thing. Findings of one cause become one incident; a finding that is not a breach
 * is as much worth keeping, because it answers "why no alarm?".
 */

/** What kind of thing was looked at. The order is that of causes: an earlier kind explains a later one about the same column. */
export const FINDING_KINDS = ['feed', 'data-quality', 'drift', 'prediction-drift', 'quality', 'release'] as const
export type FindingKind = (typeof FINDING_KINDS)[number]

export type SuggestedAction = 'fix-the-feed' | 'retrain' | 'roll-back' | 'accept-as-normal' | 'look'

export interface Finding {
  readonly deployment: string
  readonly kind: FindingKind
  /** What was looked at: a column, a metric, `predictions`, `outcomes`. */
  readonly subject: string
  /** How: `missing`, `rescaled`, `population-stability-index`, `roc-auc`, `volume`, `silence`. */
  readonly measure: string
  /** `origin = ATL`; absent for the whole. */
  readonly slice?: string
  /** Milliseconds since 1970 in UTC; `to` is the first millisecond after it. */
  readonly window: { readonly from: number; readonly to: number }
  readonly state: 'ok' | 'breach' | 'not-enough-data'
  readonly value?: number
  /** What the value was held against. */
  readonly bound?: number
  readonly unit?: string
  /** Rows behind the value. */
  readonly rows?: number
  /** One sentence for people: what is, and against what. */
  readonly sentence: string
  /** Small JSON: histograms before and after, top slices, ids of example predictions, estimated effect on quality. At most 32 KiB. */
  readonly evidence?: unknown
  readonly suggestedAction?: SuggestedAction
  /** How bad, to rank by: expected effect on quality if known, else the effect relative to its bound. 1 is at the bound. */
  readonly weight?: number
}

/** Identity of what is found again in the next window. */
export const findingKey = ({ deployment, kind, subject, measure, slice }: Finding): string =>
  [deployment, kind, subject, measure, slice ?? ''].join('\0')
