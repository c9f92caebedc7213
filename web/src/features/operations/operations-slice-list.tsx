import { Button } from '@mantine/core'
import type { WatchedWindow } from '@seaworthy/api/operations'
import { StatusBadge } from '../../ui/status-badge.tsx'
import styles from './operations-page.module.css'
import { formatEffect } from './operations-part.ts'
import { sliceQuery } from './operations-span.ts'

const SHOWN = 8

interface Props {
  /** The last window of the span, alone. */
  readonly windows: readonly WatchedWindow[]
  readonly feature: string
  readonly chosen: string | undefined
  readonly onSlice: (slice: string | undefined) => void
}

/** Slices in which an input differs most, each a button that looks at these rows alone. */
export function SliceList({ windows, feature, chosen, onSlice }: Props) {
  const found = (windows[0]?.findings ?? [])
    .filter(
      ({ kind, subject, slice, value }) => kind === 'drift' && subject === feature && slice !== undefined && value !== undefined,
    )
    .toSorted((a, b) => b.value! - a.value!)
    .slice(0, SHOWN)
  if (found.length === 0 && chosen === undefined) return null
  return (
    <div className={styles.slices} role="group" aria-label="Slices">
      <span className="dim">Where it differs most:</span>
      {found.map(({ slice, value, unit, state }) => (
        <Button key={slice} size="compact-xs" variant="default" onClick={() => onSlice(sliceQuery(slice!))}>
          <span className="foreign">{slice}</span>&nbsp;
          <span className="numeric">{formatEffect(value, unit)}</span>&nbsp;
          {state === 'breach' ? (
            <StatusBadge tone="attention" plain>
              drift
            </StatusBadge>
          ) : null}
        </Button>
      ))}
      {chosen === undefined ? null : (
        <Button size="compact-xs" variant="subtle" onClick={() => onSlice(undefined)}>
          All rows
        </Button>
      )}
    </div>
  )
}
