import styles from './share-bar.module.css'

interface Props {
  /** 0 to 1. */
  readonly share: number
  readonly label: string
}

/** How much of the whole: a bar beside its number. */
export const ShareBar = ({ share, label }: Props) => (
  <span role="img" aria-label={label} className={styles.track}>
    <span className={styles.bar} style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
  </span>
)
