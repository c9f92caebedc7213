import { ApiProblem } from '@seaworthy/api/problem'
import { Button } from '@mantine/core'
import { RotateCw } from 'lucide-react'
import styles from './problem-panel.module.css'
import { ToneSign } from './status-badge.tsx'

interface Props {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
}

/** What went wrong and what to do, in the words of the server. */
export function ProblemPanel({ error, onRetry }: Props) {
  const { title, hint, code } = explain(error)
  return (
    <div role="alert" className={styles.panel}>
      <ToneSign tone="bad" size={18} />
      <div className={styles.text}>
        <p className={`${styles.title} foreign`}>{title}</p>
        {hint === undefined ? null : <p className="foreign dim">{hint}</p>}
        {code === undefined ? null : <code className="dim">{code}</code>}
      </div>
      {onRetry === undefined ? null : (
        <Button size="xs" variant="default" leftSection={<RotateCw size={14} aria-hidden />} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

interface Explained {
  readonly title: string
  readonly hint?: string | undefined
  readonly code?: string
}
function explain(error: unknown): Explained {
  if (error instanceof ApiProblem) return { title: error.problem.detail, hint: error.problem.hint, code: error.problem.code }
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message))
    return {
      title: 'The server does not answer.',
      hint: 'Is `seaworthy start` still running, and is the network up? This page goes on by itself when it answers again.',
    }
  return { title: 'This page has a fault.', hint: error instanceof Error ? error.message : String(error) }
}
