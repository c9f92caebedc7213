import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A span of time as people write it: `30d`, `1h`, `15m`. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smhdw]$/, 'a duration is a whole number and a unit: 30s, 15m, 1h, 30d, 2w')
  .describe('A whole number and a unit: 30s, 15m, 1h, 30d, 2w.')

/** Milliseconds of a valid duration. */
export const durationMs = (duration: string): number => Number(duration.slice(0, -1)) * UNITS[duration.at(-1)!]!
