import { Progress } from '@mantine/core'
import { ApiProblem } from '@seaworthy/api/problem'
import type { Job } from '@seaworthy/api/platform'
import { ProblemPanel } from './problem-panel.tsx'
import { StatusBadge } from './status-badge.tsx'
import styles from './job-progress.module.css'

/** How far work that takes a while has come, or why it failed. */
export function JobProgress({ job }: { readonly job: Job }) {
  const { state, done, total, note, error } = job
  if (state === 'failed') {
    const { code = 'FAILED', message = 'It failed, and nothing was kept of why.', status = 500, hint } = error ?? {}
    return (
      <ProblemPanel
        error={
          new ApiProblem({
            type: 'about:blank',
            title: code,
            status,
            code,
            detail: message,
            ...(hint === undefined ? {} : { hint }),
          })
        }
      />
    )
  }
  if (state === 'succeeded') return <StatusBadge tone="good">done</StatusBadge>
  if (state === 'cancelled') return <StatusBadge tone="quiet">cancelled</StatusBadge>
  const words = note ?? (state === 'queued' ? 'Waiting for its turn' : 'Under way')
  return (
    <div role="status" className={styles.progress}>
      <span className="foreign">{words}</span>
      <Progress value={total > 0 ? (done / total) * 100 : 100} animated={total <= 0} aria-label={words} size="sm" />
    </div>
  )
}
