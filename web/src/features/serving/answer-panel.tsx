import { formatDuration } from '../../format/number.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Explanation } from './explanation.tsx'
import type { Answer } from './predict.ts'
import { valueText } from './value-text.ts'
import styles from './try-it-card.module.css'

/** What was answered, by which version, and why. */
export function AnswerPanel({ deployment, answer }: { readonly deployment: string; readonly answer: Answer }) {
  const { version, variant, predictions, roundTripMs } = answer
  const { id, output, flags } = predictions[0]!
  return (
    <div className={styles.panel} role="status">
      <dl className={styles.outputs}>
        {Object.entries(output).map(([name, value]) => (
          <div key={name}>
            <dt className="dim foreign">{name}</dt>
            <dd className={`${styles.value} foreign numeric`}>{valueText(value)}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.note}>
        Version {version} as {variant}, in {formatDuration(roundTripMs)} from here and back. Prediction <code>{id}</code>
      </p>
      {flags.map(({ field, message }) => (
        <p key={`${field} ${message}`} className="foreign">
          <StatusBadge tone="attention">flagged</StatusBadge> {message}
        </p>
      ))}
      <Explanation deployment={deployment} about={{ instance: { ...answer.instance } }} version={version} name={id} />
    </div>
  )
}
