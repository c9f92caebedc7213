import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core'
import { ChevronLeft, ChevronRight, Radio, ZoomOut } from 'lucide-react'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import styles from './span-switch.module.css'
import { LAST_NAMES, type LastName, moved, type Span, type SpanSearch, widened } from './traffic-span.ts'

interface Props {
  readonly span: Span
  /** What is visible, milliseconds since 1970. */
  readonly visible: readonly [number, number]
  /** The end of what there is. */
  readonly end: number
  readonly onChange: (search: SpanSearch) => void
}

/** Which span of time is shown; the same as by dragging in a chart, for keyboards. */
export function SpanSwitch({ span, visible, end, onChange }: Props) {
  const { zone } = useTimeZone()
  const step = (label: string, Icon: typeof ZoomOut, to: () => SpanSearch) => (
    <Tooltip label={label} openDelay={300}>
      <ActionIcon variant="default" size="md" aria-label={label} onClick={() => onChange(to())}>
        <Icon size={14} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <div className={styles.switch} role="group" aria-label="Span of time">
      {span.kind === 'fixed' ? (
        <>
          <span className={`${styles.span} numeric`}>{formatSpan(span.from, span.to, zone)}</span>
          <Button size="xs" variant="default" leftSection={<Radio size={14} aria-hidden />} onClick={() => onChange({})}>
            Live
          </Button>
        </>
      ) : null}
      {step('Earlier', ChevronLeft, () => moved(visible, -0.5, end))}
      {step('Later', ChevronRight, () => moved(visible, 0.5, end))}
      {step('Zoom out', ZoomOut, () => widened(visible, end))}
      <SegmentedControl
        size="xs"
        aria-label="The last"
        value={span.kind === 'last' ? span.name : ''}
        data={[...LAST_NAMES]}
        onChange={(last) => onChange({ last: last as LastName })}
      />
    </div>
  )
}
