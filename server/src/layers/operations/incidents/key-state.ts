/**
 * What becomes of one thing that is looked at, from window to window. One breach makes it suspected, `sustained` of them in a
 * row make it fire, and only `clearAfter` windows in a row without one make it quiet again: a value that dances around its bound
 * neither rings nor stops ringing at every step. A window without enough data says nothing and changes nothing.
 */
import type { Finding, FindingKind } from './finding.ts'

export type KeyStatus = 'ok' | 'suspected' | 'firing'

export interface KeyState {
  readonly status: KeyStatus
  /** Breaches since the last window without one; while it fires, since it began. */
  readonly breaches: number
  /** Windows in a row without a breach, counted while it fires. */
  readonly oks: number
  /** Begin of the first window of the breaches, milliseconds since 1970. */
  readonly since?: number
}

export interface Hysteresis {
  /** Breaches in a row until it fires, at least 1. */
  readonly sustained: number
  /** Windows in a row without a breach until it is quiet, at least 1. */
  readonly clearAfter: number
}

export const CALM: KeyState = Object.freeze({ status: 'ok', breaches: 0, oks: 0 })

/** The state after one more window. */
export function nextKeyState(
  before: KeyState,
  { state, window }: Pick<Finding, 'state' | 'window'>,
  { sustained, clearAfter }: Hysteresis,
): KeyState {
  if (state === 'not-enough-data') return before
  if (state === 'ok') {
    const oks = before.oks + 1
    return before.status === 'firing' && oks < clearAfter ? { ...before, oks } : CALM
  }
  const breaches = before.breaches + 1
  const status = before.status === 'firing' || breaches >= sustained ? 'firing' : 'suspected'
  return { status, breaches, oks: 0, since: before.since ?? window.from }
}

/**
 * Breaches in a row that fire, where the contract does not say otherwise. What was counted (a missing feed, invalid rows) is
 * certain in one window; what was estimated from samples may be chance, and has to come again.
 */
export const SUSTAINED_DEFAULT: Readonly<Record<FindingKind, number>> = Object.freeze({
  feed: 1,
  'data-quality': 1,
  drift: 3,
  'prediction-drift': 3,
  quality: 2,
  release: 1,
})
const DRIFT_KINDS: ReadonlySet<FindingKind> = new Set(['drift', 'prediction-drift'])

/** `monitoring.drift.sustained` as one number is meant for drift; a record says it for each kind. */
export type Sustained = number | Partial<Readonly<Record<FindingKind, number>>>

export function sustainedOf(kind: FindingKind, sustained: Sustained): number {
  const given = typeof sustained === 'number' ? (DRIFT_KINDS.has(kind) ? sustained : undefined) : sustained[kind]
  return Math.max(1, given ?? SUSTAINED_DEFAULT[kind])
}
