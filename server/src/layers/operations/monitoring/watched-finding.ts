import type { Finding } from '../incidents/finding.ts'

/** A finding, and what pages draw beside its value. */
export interface WatchedFinding extends Finding {
  /** What chance alone stays below in a window of this size, in the unit of the value: beside the bound, the second threshold. */
  readonly chance?: number
  readonly interval?: { readonly low: number; readonly high: number; readonly confidence: number }
  /** Share of the rows whose outcome is known, 0 to 1. */
  readonly coverage?: number
  /** What was expected of this span before its outcomes came. */
  readonly estimate?: { readonly value: number; readonly low: number; readonly high: number }
  /** How wrong such estimates were, over past spans whose outcomes came. */
  readonly estimateError?: {
    readonly windows: number
    readonly meanAbsoluteError: number
    readonly bias: number
    /** Share of the spans whose value lay in the interval of its estimate. */
    readonly coverage: number
  }
}

const SHOWN = [
  'kind',
  'subject',
  'measure',
  'slice',
  'state',
  'value',
  'bound',
  'unit',
  'rows',
  'chance',
  'interval',
  'coverage',
  'estimate',
  'estimateError',
  'sentence',
] as const
/** `span` is what it is about, where that is not the window it was found in. */
export type ShownFinding = Pick<WatchedFinding, (typeof SHOWN)[number]> & { readonly span?: Finding['window'] }

/** The part of a finding that is kept with its window. */
export function shownOf(finding: WatchedFinding, window: Finding['window']): ShownFinding {
  const entries = SHOWN.flatMap((key) => (finding[key] === undefined ? [] : [[key, finding[key]] as const]))
  const isOther = finding.window.from !== window.from || finding.window.to !== window.to
  return { ...(Object.fromEntries(entries) as unknown as ShownFinding), ...(isOther && { span: finding.window }) }
}

export const sumOf = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0)
export const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`
export const digits = (value: number): string => `${Number(value.toPrecision(4))}`
export const countText = (value: number): string => Math.round(value).toLocaleString('en')
