import { Tooltip } from '@mantine/core'
import { useLive } from '../api/live.tsx'
import styles from './connection-sign.module.css'

const SAID = {
  connecting: ['Connecting', 'The pages are being connected to the server.'],
  live: ['Live', 'What is shown is kept up to date.'],
  lost: ['Not connected', 'What is shown may be old. It is read again once the server answers.'],
} as const

/** Is what I see true right now? */
export function ConnectionSign() {
  const state = useLive()
  const [word, sentence] = SAID[state]
  return (
    <Tooltip label={sentence} openDelay={200}>
      <span role="status" className={styles.sign} data-state={state}>
        <span className={styles.light} aria-hidden />
        {word}
      </span>
    </Tooltip>
  )
}
