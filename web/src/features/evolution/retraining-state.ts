/** A retraining in the words of the pages. */
import type { Retraining } from '@seaworthy/api/retraining'
import type { Run } from '@seaworthy/api/model'
import type { Tone } from '../../theme/palette.ts'

type State = Retraining['state']
type Decision = NonNullable<Retraining['decision']>

const DECISIONS: Readonly<Record<Decision, readonly [Tone, string]>> = {
  promoted: ['good', 'released'],
  recommended: ['info', 'recommended'],
  kept: ['quiet', 'champion kept'],
  'not-enough-data': ['unknown', 'not enough data'],
}
const STATES: Readonly<Record<State, string>> = {
  waiting: 'waiting',
  snapshot: 'taking snapshots',
  'training-warm': 'training on from the champion',
  'training-scratch': 'training from nothing',
  comparing: 'comparing',
  checking: 'checking',
  releasing: 'releasing',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
}

export const isRunning = ({ state }: Pick<Retraining, 'state'>): boolean =>
  state !== 'done' && state !== 'failed' && state !== 'cancelled'

export function shownRetraining({ state, decision }: Pick<Retraining, 'state' | 'decision'>): readonly [Tone, string] {
  if (state === 'failed') return ['bad', 'failed']
  if (state === 'done' && decision !== undefined) return DECISIONS[decision]
  return [isRunning({ state }) ? 'info' : 'quiet', STATES[state]]
}

export const RUN_TONES: Readonly<Record<Run['state'], Tone>> = {
  queued: 'quiet',
  running: 'info',
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'quiet',
}

export const STAGES = ['snapshot', 'training-warm', 'training-scratch', 'comparing', 'checking', 'releasing'] as const
export type Stage = (typeof STAGES)[number]
type Place = 'over' | 'now' | 'to come' | 'not needed' | 'ended here'

/** Where each stage stands. Of one that has ended, what it left behind says which stages it came through. */
export function placeOf(stage: Stage, retraining: Retraining & { readonly comparison?: unknown }): Place {
  const { state } = retraining
  if (stage === state) return 'now'
  const at = STAGES.indexOf(stage)
  if (state === 'waiting') return 'to come'
  if (isRunning(retraining)) return at < STAGES.indexOf(state as Stage) ? 'over' : 'to come'
  const left: Readonly<Record<Stage, boolean>> = {
    snapshot: retraining.training !== undefined,
    'training-warm': retraining.warm !== undefined,
    'training-scratch': retraining.scratch !== undefined,
    comparing: retraining.comparison !== undefined,
    checking: retraining.checkId !== undefined,
    releasing: retraining.releaseId !== undefined || retraining.decision === 'promoted',
  }
  if (left[stage]) return 'over'
  const stopped = STAGES.find((one) => !left[one])
  return state !== 'done' && stage === stopped ? 'ended here' : 'not needed'
}
