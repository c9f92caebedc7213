/**
 * What a finding brings along so that a person can judge it without asking again. Monitors write it, incidents keep it, terminals
 * and pages draw it; what else a measure wants to show may stand beside these keys.
 */
import { z } from 'zod'

/** Largest evidence of one finding, in bytes of JSON; of what is larger only the examples are kept. */
export const EVIDENCE_BYTES_MAX = 32 * 1_024

const Shares = z.array(z.number().min(0)).max(200)

export const FindingEvidence = z.looseObject({
  /** Shares of rows by bin, of the reference and of the window; `labels` name the bins: `< 10`, `ATL`, `missing`. */
  histogram: z.object({ labels: z.array(z.string()).max(200).optional(), before: Shares, after: Shares }).optional(),
  /** Where it is worst, worst first. */
  slices: z
    .array(z.object({ slice: z.string(), value: z.number().optional(), rows: z.number().optional() }))
    .max(50)
    .optional(),
  /** Ids of predictions that show it. */
  predictions: z.array(z.string()).max(50).optional(),
  /** Expected effect on quality, in one sentence. */
  effect: z.string().optional(),
})
export type FindingEvidence = Readonly<z.infer<typeof FindingEvidence>>

/** The parts of any evidence that have the shape above; what has not is left out, so that old evidence can always be shown. */
export function readEvidence(evidence: unknown): FindingEvidence {
  const whole = FindingEvidence.safeParse(evidence ?? {})
  if (whole.success) return whole.data
  if (typeof evidence !== 'object' || evidence === null) return {}
  const entries = Object.entries(FindingEvidence.shape).flatMap(([name, schema]) => {
    const parsed = schema.safeParse((evidence as Record<string, unknown>)[name])
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data] as const] : []
  })
  return Object.fromEntries(entries)
}
