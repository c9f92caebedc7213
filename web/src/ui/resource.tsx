import { Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ProblemPanel } from './problem-panel.tsx'
import styles from './resource.module.css'

interface Props<T> {
  readonly query: UseQueryResult<T>
  readonly children: (data: T) => ReactNode
  /** What there is to say and to do when there is nothing to show. */
  readonly empty?: ReactNode
  readonly isEmpty?: (data: T) => boolean
  /** What is on its way, for screen readers, and how many lines of it. */
  readonly label?: string
  readonly lines?: number
}

/**
 * What comes from the server, in each of its states: on its way, not to be had (with what to do, and a retry), nothing there,
 * there, and there but not to be refreshed. The one place that knows them; no page asks `isPending`.
 */
export function Resource<T>({ query, children, empty, isEmpty, label = 'Loading', lines = 4 }: Props<T>) {
  const retry = () => void query.refetch()
  if (query.data === undefined)
    return query.isError ? <ProblemPanel error={query.error} onRetry={retry} /> : <Lines label={label} count={lines} />
  return (
    <>
      {query.isError ? (
        <div className={styles.stale}>
          <ProblemPanel error={query.error} onRetry={retry} />
        </div>
      ) : null}
      {empty !== undefined && isEmpty?.(query.data) === true ? empty : children(query.data)}
    </>
  )
}

function Lines({ label, count }: { readonly label: string; readonly count: number }) {
  return (
    <div role="status" aria-busy="true" aria-label={label} className={styles.lines}>
      {Array.from({ length: count }, (_, i) => (
        <Skeleton key={i} height={16} width={`${[92, 78, 85, 64][i % 4]}%`} />
      ))}
    </div>
  )
}
