/** Moments as people type them, in the zone that they chose: `2026-03-01`, `2026-03-01 14:05`, `2026-03-01 14:05:30`. */
import { formatTime } from './time.ts'

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/

/** Milliseconds since 1970, or undefined when the text is no moment. An hour that a change of clocks left out is the one after. */
export function momentOf(text: string, zone: string): number | undefined {
  const found = SHAPE.exec(text.trim())
  if (found === null) return undefined
  const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  const written = new Date(asUtc).toISOString()
  if (written.slice(0, 10) !== text.trim().slice(0, 10) || hour > 23 || minute > 59 || second > 59) return undefined
  // What the zone is away from UTC is looked up twice: the first answer may lie on the other side of a change of clocks.
  const first = asUtc - offsetAt(asUtc, zone)
  return asUtc - offsetAt(first, zone)
}

/** The shortest text that means this moment. */
export function momentText(at: number, zone: string): string {
  const text = formatTime(at, zone, 'second')
  if (text.endsWith(' 00:00:00')) return text.slice(0, 10)
  return text.endsWith(':00') ? text.slice(0, 16) : text
}

function offsetAt(at: number, zone: string): number {
  const shown = formatTime(at, zone, 'second')
  return Date.parse(`${shown.replace(' ', 'T')}Z`) - Math.floor(at / 1_000) * 1_000
}
