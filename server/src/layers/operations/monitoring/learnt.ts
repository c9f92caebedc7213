/** What a monitor has learnt of the version that answers, and of what it told. Small JSON, kept with how far it has come. */
import { z } from 'zod'
import type { ErrorStream } from './error-stream.ts'
import type { FirstSlices } from './slice-counts.ts'
import type { LearntFrom } from './quality-estimators.ts'
import type { WatchedFinding } from './watched-finding.ts'

export interface Learnt {
  /** Slices of the first traffic of the version. */
  readonly firstSlices?: FirstSlices | undefined
  readonly errors?: ErrorStream | undefined
  readonly estimator?: LearntFrom | undefined
  /** Spans that are over were estimated until here, milliseconds since 1970. */
  readonly estimatedUntil?: number | undefined
  /** Findings of slices that were told as a breach, and how often they are still told when they are not. */
  readonly openSlices: Readonly<Record<string, number>>
}
export const NOTHING_LEARNT: Learnt = Object.freeze({ openSlices: {} })

const Time = z.number()
const LearntJson = z.object({
  firstSlices: z.object({ from: Time, text: z.string() }).optional(),
  errors: z
    .object({
      version: z.int(),
      detector: z.string(),
      snapshot: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
      count: z.number(),
      mean: z.number(),
      scale: z.number().optional(),
    })
    .optional(),
  estimator: z.object({ version: z.int(), from: Time, to: Time, asOf: Time }).optional(),
  estimatedUntil: Time.optional(),
  openSlices: z.record(z.string(), z.int()),
})

export const parseLearnt = (text: string | null): Learnt =>
  text === null ? NOTHING_LEARNT : (LearntJson.parse(JSON.parse(text)) as Learnt)

/** What outlives a change of the version: only what was told. */
export const forgetVersion = ({ openSlices }: Learnt): Learnt => ({ openSlices })

/** Windows without a breach that an incident waits for before it lets go, and one for the good measure. */
const CALM_TOLD = 3
/** Findings of slices in breach that are told at most; the rest is in the window. */
const OPEN_MAX = 500

/**
 * What incidents hear of: everything of the whole, and of slices what is in breach or was. A window has a thousand findings of
 * slices, nearly all of them calm, and a desk that kept each would keep little else.
 */
export function tellSlices<T extends WatchedFinding>(
  findings: readonly T[],
  open: Learnt['openSlices'],
): { told: T[]; openSlices: Learnt['openSlices'] } {
  const next = new Map(Object.entries(open))
  const told = findings.filter((finding) => {
    const { kind, subject, measure, slice, state } = finding
    if (slice === undefined) return true
    const key = JSON.stringify([kind, subject, measure, slice])
    const left = next.get(key)
    if (state === 'breach') {
      if (left === undefined && next.size >= OPEN_MAX) return false
      next.set(key, CALM_TOLD)
      return true
    }
    if (left === undefined || state === 'not-enough-data') return false
    if (left <= 1) next.delete(key)
    else next.set(key, left - 1)
    return true
  })
  return { told, openSlices: Object.fromEntries(next) }
}
