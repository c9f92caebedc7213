/** From findings of a window to the state of each finding key after it. */
import type { FindingStateTable } from '../../../platform/db/operations-tables.ts'
import type { Finding, FindingKind } from './finding.ts'
import type { ObserveOptions } from './incident.ts'
import { CALM, type KeyState, type KeyStatus, nextKeyState, sustainedOf } from './key-state.ts'
import type { PlannedKey } from './plan-window.ts'

/** Windows in a row without a breach that clear, where the caller does not say. */
const CLEAR_AFTER_DEFAULT = 2

/** A finding with what its state machine says after it. */
export interface SteppedKey {
  readonly key: string
  readonly finding: Finding
  readonly state: KeyState
  readonly sustained: number
}

/** Windows that came out of order are left to be kept; they decide nothing. */
export function stepFindings(
  findings: ReadonlyMap<string, Finding>,
  states: ReadonlyMap<string, FindingStateTable>,
  { sustained, clearAfter = CLEAR_AFTER_DEFAULT }: ObserveOptions,
): readonly SteppedKey[] {
  return [...findings].flatMap(([key, finding]) => {
    const row = states.get(key)
    if (row !== undefined && finding.window.to <= row.window_to) return []
    const needed = sustainedOf(finding.kind, sustained)
    const state = nextKeyState(row === undefined ? CALM : stateOf(row), finding, { sustained: needed, clearAfter })
    return [{ key, finding, state, sustained: needed }]
  })
}

const stateOf = ({ status, breaches, oks, since }: FindingStateTable): KeyState => ({
  ...{ status: status as KeyStatus, breaches, oks },
  ...(since === null ? {} : { since }),
})

/** Every key of the deployment as it stands now, those that this window says nothing about included. */
export function plannedKeys(
  stepped: Iterable<SteppedKey>,
  states: ReadonlyMap<string, FindingStateTable>,
): readonly PlannedKey[] {
  const now = new Map<string, PlannedKey>()
  for (const row of states.values()) {
    const { status, since } = stateOf(row)
    const known = { key: row.key, kind: row.kind as FindingKind, subject: row.subject, status }
    now.set(row.key, { ...known, ...(since === undefined ? {} : { since }), breaching: false })
  }
  for (const { key, finding, state } of stepped) {
    const { status, since } = state
    const seen = { key, kind: finding.kind, subject: finding.subject, status, breaching: finding.state === 'breach' }
    now.set(key, { ...seen, ...(since === undefined ? {} : { since }) })
  }
  return [...now.values()]
}
