import { Tooltip } from '@mantine/core'
import { formatRelative, formatTime } from '../format/time.ts'
import { useTimeZone } from '../format/time-zone.tsx'
import { useNow } from '../format/now.ts'

interface Props {
  /** Milliseconds since 1970. */
  readonly at: number
  /** "3 min ago", with the time itself on demand. Default: the time itself. */
  readonly relative?: boolean
}

/** A moment, in the chosen zone. */
export function Time({ at, relative = false }: Props) {
  const { zone } = useTimeZone()
  const now = useNow()
  const exact = formatTime(at, zone, 'second')
  return (
    <Tooltip label={relative ? `${exact} ${zone}` : formatRelative(at, now)} openDelay={300} withinPortal>
      <time dateTime={new Date(at).toISOString()} className="numeric" style={{ whiteSpace: 'nowrap' }}>
        {relative ? formatRelative(at, now) : formatTime(at, zone)}
      </time>
    </Tooltip>
  )
}
