import type { ReleaseDetail } from '@seaworthy/api/release'
import { Progress } from '@mantine/core'
import { formatCount, formatDuration } from '../../format/number.ts'
import { formatRelative } from '../../format/time.ts'
import { useNow } from '../../format/now.ts'
import type { Tone } from '../../theme/palette.ts'
import { ToneSign } from '../../ui/status-badge.tsx'
import { decisionOf } from './release-state.ts'
import styles from './release-steps.module.css'

type Step = ReleaseDetail['progress'][number]

/** The steps of a release from left to right: those that are over with how they ended, the one that runs with when it is decided. */
export function ReleaseSteps({ release }: { readonly release: ReleaseDetail }) {
  const { steps, progress, state, step: current } = release
  return (
    <ol className={styles.steps} aria-label="Steps of the release">
      {steps.map((text, i) => {
        const begun = progress[i]
        const isFull = i === steps.length - 1
        const [tone, words] = isFull && state === 'promoted' ? (['good', 'answers all'] as const) : wordsOf(begun, state)
        const isNow = i === current && (state === 'running' || state === 'holding')
        return (
          <li key={`${i} ${text}`} className={styles.step} aria-current={isNow ? 'step' : undefined} data-now={isNow}>
            <p className={styles.name}>
              <ToneSign tone={tone} /> {text}
            </p>
            <p className={styles.words}>{words}</p>
            {isNow ? <Deciding release={release} /> : null}
          </li>
        )
      })}
    </ol>
  )
}

const OUTCOMES: Readonly<Record<NonNullable<Step['outcome']>, readonly [Tone, string]>> = {
  win: ['good', 'a clear win'],
  loss: ['bad', 'a clear loss'],
  time: ['good', 'no harm in its time'],
  'by-hand': ['info', 'ended by hand'],
  aborted: ['quiet', 'ended with the release'],
}

function wordsOf(step: Step | undefined, state: ReleaseDetail['state']): readonly [Tone, string] {
  if (step === undefined) return ['quiet', state === 'aborted' || state === 'rolled-back' ? 'not reached' : 'to come']
  const tookMs = (step.endedAt ?? step.analysis?.at ?? step.startedAt) - step.startedAt
  if (step.endedAt === undefined) return [state === 'holding' ? 'attention' : 'info', `for ${formatDuration(tookMs)}`]
  const [tone, words] = OUTCOMES[step.outcome ?? 'aborted']
  return [tone, `${words} after ${formatDuration(tookMs)}`]
}

function Deciding({ release }: { readonly release: ReleaseDetail }) {
  const now = useNow()
  const decision = decisionOf(release)
  if (decision === undefined) return <p className={styles.words}>Held: nothing moves on until somebody resumes it.</p>
  const { dueAt, requestsSeen, requestsMin, requestsDueAt } = decision
  const done = 1 - Math.max(0, dueAt - now) / release.stepMs
  const isTimeOver = dueAt <= now
  const latest = requestsDueAt === undefined ? undefined : Math.max(dueAt, requestsDueAt)
  return (
    <div className={styles.deciding}>
      <Progress size="xs" value={Math.min(1, done) * 100} aria-label="Time of the step that is over" />
      {requestsMin === 0 ? null : (
        <Progress
          size="xs"
          color="teal"
          value={Math.min(1, requestsSeen / requestsMin) * 100}
          aria-label="Requests of the step that were seen"
        />
      )}
      <p className={styles.words}>
        {latest === undefined
          ? 'Moves on when requests have come'
          : `Moves on ${latest <= now ? 'at the next look' : formatRelative(latest, now)}`}
        , unless it is clearly better or worse before.
      </p>
      <p className={styles.words}>
        {isTimeOver
          ? `${formatDuration(release.stepMs)} are over`
          : `${formatDuration(dueAt - now)} of ${formatDuration(release.stepMs)} left`}
        {requestsMin === 0 ? '' : `; ${formatCount(requestsSeen)} of ${formatCount(requestsMin)} requests seen`}.
      </p>
    </div>
  )
}
