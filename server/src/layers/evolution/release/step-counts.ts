/**
 * Counts of a step that outlive the process which counts. The data plane counts from its start on; each look adds what came
 * since the last one. After a kill what was counted since the last look is lost, at most a second of it, on both sides alike.
 */
import { z } from 'zod'
import { LATENCY_BOUNDS_MS, type TrafficCounts, type VariantTraffic } from '../../serving/data-plane.ts'
import type { Arms } from './guard-measures.ts'
import type { ArmCounts } from './release-evidence.ts'

const Counts = z.object({
  requests: z.number(),
  failures: z.number(),
  invalid: z.number(),
  dropped: z.number(),
  rows: z.number(),
  flagged: z.number(),
  latencies: z.array(z.number()),
})
const Arm = z.object({ sum: Counts, seen: Counts.extend({ epoch: z.string() }).optional() })
/** `sum`: so far in this step. `seen`: where the counter stood at the last look. */
const StepCounts = z.object({ champion: Arm, challenger: Arm })
export type StepCounts = z.infer<typeof StepCounts>

const ZERO: ArmCounts = {
  ...{ requests: 0, failures: 0, invalid: 0, dropped: 0, rows: 0, flagged: 0 },
  latencies: LATENCY_BOUNDS_MS.map(() => 0).concat(0),
}

/** Counts as a step keeps them; none when it has kept nothing that can be read. */
export function parseStepCounts(text: string | null): StepCounts | undefined {
  if (text === null) return undefined
  const { data } = StepCounts.safeParse(JSON.parse(text))
  return data
}

export const armsOf = ({ champion, challenger }: StepCounts): Arms => ({ champion: champion.sum, challenger: challenger.sum })

interface Which {
  readonly champion: number
  readonly challenger: number
  readonly isShadow: boolean
}

/** Adds what came since. The first look of a step only notes where the counters stand. */
export function addCounts(
  before: StepCounts | undefined,
  traffic: readonly VariantTraffic[],
  { champion, challenger, isShadow }: Which,
): StepCounts {
  const of = (version: number, role: VariantTraffic['role']) =>
    traffic.find((one) => one.version === version && one.role === role)?.counts
  return {
    champion: addArm(before?.champion, of(champion, 'answer')),
    challenger: addArm(before?.challenger, of(challenger, isShadow ? 'shadow' : 'answer')),
  }
}

type Arm = StepCounts['champion']

function addArm(before: Arm | undefined, now: TrafficCounts | undefined): Arm {
  if (now === undefined) return before ?? { sum: copyOf(ZERO) }
  const seen = copyOf(now)
  if (before === undefined) return { sum: copyOf(ZERO), seen: { ...seen, epoch: now.epoch } }
  const from = before.seen?.epoch === now.epoch ? before.seen : ZERO
  return { sum: combine(before.sum, combine(seen, from, -1), 1), seen: { ...seen, epoch: now.epoch } }
}

const combine = (a: ArmCounts, b: ArmCounts, sign: 1 | -1) => ({
  requests: a.requests + sign * b.requests,
  failures: a.failures + sign * b.failures,
  invalid: a.invalid + sign * b.invalid,
  dropped: a.dropped + sign * b.dropped,
  rows: a.rows + sign * b.rows,
  flagged: a.flagged + sign * b.flagged,
  latencies: a.latencies.map((count, i) => count + sign * (b.latencies[i] ?? 0)),
})
const copyOf = (counts: ArmCounts) => combine(counts, ZERO, 1)
