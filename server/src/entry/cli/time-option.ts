import { z } from 'zod'
import { Duration, durationMs } from '../../contract/duration.ts'

/** A moment on a command line, as milliseconds since 1970: a date, a date with time, or how long ago. */
export const TimeOption = z.string().transform((text, context) => {
  if (Duration.safeParse(text).success) return Date.now() - durationMs(text)
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(hasZone(text) ? text : `${text}Z`) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  context.addIssue('write a time as 2026-03-01, 2026-03-01T14:05 (in UTC), or 2h for two hours ago')
  return z.NEVER
})

/** A date alone is in UTC already; a time without a zone would be read in the zone of this machine. */
const hasZone = (text: string) => !text.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/.test(text)
