/** Times as people read them, in the zone that they chose. All times are milliseconds since 1970. */
import { formatDuration } from './number.ts'

type Detail = 'minute' | 'second' | 'day'

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(zone: string, detail: Detail): Intl.DateTimeFormat {
  const key = `${zone}/${detail}`
  const found = formats.get(key)
  if (found !== undefined) return found
  const made = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(detail === 'day' ? {} : { hour: '2-digit', minute: '2-digit' }),
    ...(detail === 'second' ? { second: '2-digit' } : {}),
  })
  formats.set(key, made)
  return made
}

/** 2026-03-01 14:05 */
export const formatTime = (at: number, zone: string, detail: Detail = 'minute'): string => formatOf(zone, detail).format(at)

/** 2026-03-01 14:00 – 15:00; the day is not said twice. */
export function formatSpan(from: number, to: number, zone: string): string {
  const [begin, end] = [formatTime(from, zone), formatTime(to, zone)]
  return `${begin} – ${begin.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end}`
}

/** "3 min ago", "in 2 d": the largest unit alone. */
export function formatRelative(at: number, now: number): string {
  const difference = at - now
  const size = Math.abs(difference)
  if (size < 10_000) return 'just now'
  const rounded = formatDuration(size < 60_000 ? Math.round(size / 1_000) * 1_000 : size).split(' ')[0]!
  return difference < 0 ? `${rounded} ago` : `in ${rounded}`
}
