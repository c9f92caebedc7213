/** Which span of time the traffic of a deployment is shown for: the last so much of it, kept up to date, or one that stands still. */
import type { Traffic } from '@seaworthy/api/traffic'

export const LAST_NAMES = ['5m', '1h', '6h', '1d', '7d', '30d'] as const
export type LastName = (typeof LAST_NAMES)[number]

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
export const LAST_MS: Readonly<Record<LastName, number>> = {
  '5m': 5 * MINUTE_MS,
  '1h': HOUR_MS,
  '6h': 6 * HOUR_MS,
  '1d': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
}
/** Seconds are kept for five minutes; a request that asks for a little less finds all of them. */
const SECONDS_MS = 295_000
const SECOND_MS = 1_000
/** Steps on the width of a screen: more would be drawn over each other. */
const STEPS = 1_000
const WIDTH_MS_MIN = 5 * MINUTE_MS

/** As the address has it. */
export interface SpanSearch {
  readonly last?: LastName | undefined
  readonly from?: number | undefined
  readonly to?: number | undefined
}
export interface Fixed {
  readonly from: number
  readonly to: number
}
export type Span = { readonly kind: 'last'; readonly name: LastName } | ({ readonly kind: 'fixed' } & Fixed)

export const spanOf = ({ last = '1h', from, to }: SpanSearch): Span =>
  from !== undefined && to !== undefined && from < to ? { kind: 'fixed', from, to } : { kind: 'last', name: last }

/** What to ask the server for. Around a span that stands still lies half of it on both sides, to be moved to. */
export function queryOf(span: Span): {
  readonly from?: number
  readonly to?: number
  readonly lastMs?: number
  readonly stepMs?: number
} {
  if (span.kind === 'last') return span.name === '5m' ? { lastMs: SECONDS_MS, stepMs: SECOND_MS } : { lastMs: LAST_MS[span.name] }
  const width = span.to - span.from
  const half = Math.round(width / 2)
  return { from: Math.max(0, span.from - half), to: span.to + half, stepMs: Math.max(MINUTE_MS, Math.round(width / STEPS)) }
}

/** What is visible of an answer, in milliseconds. */
export const visibleOf = (span: Span, { times, stepMs }: Pick<Traffic, 'times' | 'stepMs'>): readonly [number, number] =>
  span.kind === 'fixed' ? [span.from, span.to] : [times[0] ?? 0, (times.at(-1) ?? 0) + (span.name === '5m' ? 0 : stepMs)]

/** A part of time moved by so many of its own widths, and not beyond the end of what there is. */
export function moved([from, to]: readonly [number, number], widths: number, end: number): Fixed {
  const width = to - from
  const begin = Math.min(from + widths * width, end - width)
  return { from: Math.round(begin), to: Math.round(begin + width) }
}

/** Twice as much of time, around the same middle where that is possible. */
export function widened([from, to]: readonly [number, number], end: number): Fixed {
  const width = Math.min((to - from) * 2, LAST_MS['30d'] * 12)
  return moved([(from + to - width) / 2, (from + to + width) / 2], 0, end)
}

/** What was dragged over, no shorter than five minutes: shorter than a minute there is nothing to tell apart. */
export function chosen(from: number, to: number, end: number): Fixed {
  const lack = Math.max(0, WIDTH_MS_MIN - (to - from)) / 2
  return moved([from - lack, to + lack], 0, end)
}
