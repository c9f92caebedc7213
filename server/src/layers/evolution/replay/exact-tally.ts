/** What a replay on the versions that answered has found so far: small enough to be the checkpoint of its job. */
import { z } from 'zod'
import { EXAMPLES_MAX, ReplayExampleShape } from './replay-example.ts'
import type { ExactVersion, ReplayExample } from './replay.ts'

const Count = z.int().min(0)
export const ExactTally = z.strictObject({
  dependOnBatch: Count,
  flagsDifferent: Count,
  /** Predictions for which no number of rows in a call was of any help. */
  inVain: Count,
  versions: z.record(z.string(), z.strictObject({ identical: Count, different: Count, refused: Count })),
  examples: z.array(ReplayExampleShape),
})
export type ExactTally = z.infer<typeof ExactTally>

export const emptyTally = (): ExactTally => ({ dependOnBatch: 0, flagsDifferent: 0, inVain: 0, versions: {}, examples: [] })

export interface ExactOutcome {
  readonly version: number
  readonly end: 'identical' | 'different' | 'refused'
  readonly dependsOnBatch?: boolean
  readonly flagsDiffer?: boolean
  readonly example?: ReplayExample | undefined
}

/** Adds one prediction, in place. */
export function addOutcome(tally: ExactTally, { version, end, dependsOnBatch, flagsDiffer, example }: ExactOutcome): void {
  const counts = (tally.versions[version] ??= { identical: 0, different: 0, refused: 0 })
  counts[end] += 1
  if (dependsOnBatch === true) tally.dependOnBatch += 1
  if (flagsDiffer === true) tally.flagsDifferent += 1
  if (example !== undefined && tally.examples.length < EXAMPLES_MAX) tally.examples.push({ ...example })
}

export const versionsOf = ({ versions }: ExactTally): ExactVersion[] =>
  Object.entries(versions)
    .map(([version, { identical, different, refused }]) => ({
      version: Number(version),
      predictions: identical + different + refused,
      ...{ identical, different, refused },
    }))
    .toSorted((a, b) => a.version - b.version)
