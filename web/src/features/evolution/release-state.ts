import type { Release, ReleaseDetail } from '@seaworthy/api/release'
import type { Tone } from '../../theme/palette.ts'

type State = Release['state']
const SHOWN: Readonly<Record<State, readonly [Tone, string]>> = {
  'waiting-for-approval': ['attention', 'waits for approval'],
  running: ['info', 'under way'],
  holding: ['attention', 'held'],
  promoted: ['good', 'promoted'],
  aborted: ['bad', 'aborted'],
  'rolled-back': ['bad', 'rolled back'],
}
export const shownState = (state: State): readonly [Tone, string] => SHOWN[state]
export const isOpenState = (state: State): boolean =>
  state === 'waiting-for-approval' || state === 'running' || state === 'holding'

/** How the step that runs is decided by its time, when neither a clear win nor a clear loss comes before. */
export interface Decision {
  /** When its time is over, milliseconds since 1970. */
  readonly dueAt: number
  readonly requestsSeen: number
  readonly requestsMin: number
  /** At the rate of the step so far; undefined while nothing was seen. */
  readonly requestsDueAt: number | undefined
}

export function decisionOf({ state, progress, stepMs, stepRequestsMin }: ReleaseDetail): Decision | undefined {
  const step = progress.at(-1)
  if (state !== 'running' || step === undefined || step.endedAt !== undefined) return undefined
  const { startedAt, countedFrom, analysis } = step
  const requestsSeen = analysis?.challengerRequests ?? 0
  const elapsedMs = (analysis?.at ?? startedAt) - startedAt
  const left = Math.max(0, stepRequestsMin - requestsSeen)
  return {
    ...{ dueAt: countedFrom + stepMs, requestsSeen, requestsMin: stepRequestsMin },
    requestsDueAt:
      left === 0
        ? startedAt
        : requestsSeen === 0 || elapsedMs <= 0
          ? undefined
          : analysis!.at + (left * elapsedMs) / requestsSeen,
  }
}
