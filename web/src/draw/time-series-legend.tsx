import { useSyncExternalStore } from 'react'
import { formatTime } from '../format/time.ts'
import { useTimeZone } from '../format/time-zone.tsx'
import { ToneSign } from '../ui/status-badge.tsx'
import type { CursorReading } from './cursor-reading.ts'
import type { TimeSeriesProps } from './series.ts'
import styles from './time-series.module.css'

const MARKS_SHOWN_MAX = 6

interface Props extends TimeSeriesProps {
  readonly reading: CursorReading
}

/** What each line, band and mark is, with the value of each line under the cursor, or else its last. */
export function TimeSeriesLegend({ times, lines, bands = [], marks = [], format, reading }: Props) {
  const { zone } = useTimeZone()
  const at = useSyncExternalStore(reading.subscribe, reading.get)
  const time = at === undefined ? undefined : times[at]
  const events = marks.filter((mark) => mark.kind === 'event')
  return (
    <figcaption className={styles.legend}>
      {lines.map(({ label, values, style }) => {
        const value = at === undefined ? values.findLast((one) => one !== undefined) : values[at]
        return (
          <span key={label} className={styles.item}>
            <svg width={20} height={8} aria-hidden>
              <line x1={0} x2={20} y1={4} y2={4} stroke={style.color} strokeWidth={2} strokeDasharray={style.dash.join(' ')} />
            </svg>
            <span className="foreign">{label}</span>
            {value === undefined && at === undefined ? null : (
              <b className={`${styles.value} numeric`}>{value === undefined ? '–' : format(value)}</b>
            )}
          </span>
        )
      })}
      {bands.length === 0 ? null : (
        <span className={styles.item}>
          <span className={styles.band} aria-hidden /> interval
        </span>
      )}
      {marks.map((mark) =>
        mark.kind === 'bound' ? (
          <span key={`bound ${mark.label}`} className={styles.item}>
            <svg width={20} height={8} aria-hidden>
              <line x1={0} x2={20} y1={4} y2={4} stroke="var(--ink-dim)" strokeWidth={1.5} strokeDasharray="4 4" />
            </svg>
            {mark.label}
          </span>
        ) : null,
      )}
      {events.slice(-MARKS_SHOWN_MAX).map((mark) => (
        <span key={`${mark.at} ${mark.label}`} className={styles.item} title={formatTime(mark.at, zone)}>
          <ToneSign tone={mark.tone} size={12} />
          <span className="foreign">{mark.label}</span>
        </span>
      ))}
      {time === undefined ? null : <span className={`${styles.at} numeric`}>{formatTime(time, zone)}</span>}
    </figcaption>
  )
}
