import type { RetrainingDetail } from '@seaworthy/api/retraining'
import { useJob } from '../../api/use-job.ts'
import type { Tone } from '../../theme/palette.ts'
import { ToneSign } from '../../ui/status-badge.tsx'
import styles from './release-steps.module.css'
import { isRunning, placeOf, type Stage, STAGES } from './retraining-state.ts'

const NAMES: Readonly<Record<Stage, string>> = {
  snapshot: 'Snapshots',
  'training-warm': 'Train on',
  'training-scratch': 'Train anew',
  comparing: 'Compare',
  checking: 'Check',
  releasing: 'Release',
}
const TONES: Readonly<Record<ReturnType<typeof placeOf>, Tone>> = {
  over: 'good',
  now: 'info',
  'to come': 'quiet',
  'not needed': 'quiet',
  'ended here': 'bad',
}

/** The stages from left to right, with what the one that runs says of itself. */
export function RetrainingStages({ retraining }: { readonly retraining: RetrainingDetail }) {
  const job = useJob(isRunning(retraining) ? retraining.id : undefined)
  const { note } = job.data ?? {}
  return (
    <ol className={styles.steps} aria-label="Stages of the retraining">
      {STAGES.map((stage) => {
        const place = placeOf(stage, retraining)
        return (
          <li key={stage} className={styles.step} aria-current={place === 'now' ? 'step' : undefined} data-now={place === 'now'}>
            <p className={styles.name}>
              <ToneSign tone={TONES[place]} /> {NAMES[stage]}
            </p>
            <p className={`${styles.words} foreign`}>{place === 'now' ? (note ?? 'under way') : place}</p>
          </li>
        )
      })}
    </ol>
  )
}
