import { Circle, CircleCheck, CircleDashed, CircleHelp, Info, OctagonX, TriangleAlert } from 'lucide-react'
import type { Tone } from '../theme/palette.ts'
import styles from './status-badge.module.css'

const SIGNS = {
  good: CircleCheck,
  attention: TriangleAlert,
  bad: OctagonX,
  unknown: CircleHelp,
  info: Info,
  quiet: CircleDashed,
} as const satisfies Record<Tone, typeof Circle>

interface Props {
  readonly tone: Tone
  /** The word: never colour or sign alone. */
  readonly children: string
  /** Without its ground, for dense tables. */
  readonly plain?: boolean
  readonly title?: string
}

/** A state: sign, colour and word. */
export function StatusBadge({ tone, children, plain = false, title }: Props) {
  return (
    <span className={plain ? `${styles.badge} ${styles.plain}` : styles.badge} data-tone={tone} title={title}>
      <ToneSign tone={tone} />
      {children}
    </span>
  )
}

/** The sign alone, beside a text that says the same. */
export function ToneSign({ tone, size = 14 }: { readonly tone: Tone; readonly size?: number }) {
  const Sign = SIGNS[tone]
  return <Sign size={size} aria-hidden className={styles.sign} data-tone={tone} />
}
