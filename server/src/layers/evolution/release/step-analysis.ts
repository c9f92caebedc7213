/**
 * One look at a step: both versions in the same time, measure by measure, and what follows. Champion and challenger are
 * always compared as they are now, never with what the champion once was, because what changed in the world changed for both.
 */
import { type Arms, failureMeasure, flaggedMeasure, invalidMeasure, latencyMeasure, slowLimitOf } from './guard-measures.ts'
import { qualityMeasure, shiftMeasure } from './prediction-measures.ts'
import type { EvidenceRows } from './release-evidence.ts'
import type { LossOutput } from './row-loss.ts'
import type { StepMeasure } from './step-measure.ts'

export interface StepAnalysis {
  readonly at: number
  /** Requests that each version saw in this step. */
  readonly championRequests: number
  readonly challengerRequests: number
  /** Copies that a shadow's full queue did not take. */
  readonly droppedCopies: number
  /** `open`: neither a clear win nor a clear loss, so time decides. */
  readonly verdict: 'win' | 'loss' | 'open'
  /** Its predictions are so unlike the champion's that a person should look. */
  readonly isUnlike: boolean
  readonly measures: readonly StepMeasure[]
  /** Why the verdict is what it is. */
  readonly sentence: string
}

export interface StepEvidence {
  readonly at: number
  readonly isShadow: boolean
  readonly output: LossOutput
  readonly arms: Arms
  readonly rows: EvidenceRows
  /** From the look before, so that the limit does not move with what it limits. */
  readonly slowMs?: number | undefined
  /** The contract's bound of a percentile, in milliseconds. */
  readonly latencyMsMax?: number | undefined
}

export function analyseStep(evidence: StepEvidence): StepAnalysis {
  const { at, isShadow, output, arms, rows, latencyMsMax } = evidence
  const slowMs = evidence.slowMs ?? slowLimitOf(arms.champion, latencyMsMax)
  const measures = [
    failureMeasure(arms),
    invalidMeasure(arms),
    flaggedMeasure(arms),
    // A shadow works in a thread of its own, so its time is not that of an answer.
    ...(isShadow ? [] : [latencyMeasure(arms, slowMs)]),
    shiftMeasure(rows, output),
    qualityMeasure(rows, output, isShadow),
  ]
  return {
    ...{ at, measures, isUnlike: measures.some(({ verdict }) => verdict === 'unlike') },
    championRequests: arms.champion.requests,
    challengerRequests: arms.challenger.requests,
    droppedCopies: arms.challenger.dropped,
    ...conclude(measures),
  }
}

/** Any clear harm is a loss. Only outcomes can make a win, and only where failures have been looked at. */
function conclude(measures: readonly StepMeasure[]): Pick<StepAnalysis, 'verdict' | 'sentence'> {
  const worse = measures.filter(({ verdict }) => verdict === 'worse')
  if (worse.length > 0) return { verdict: 'loss', sentence: worse.map(({ sentence }) => sentence).join('; ') }
  const byName = new Map(measures.map((measure) => [measure.measure, measure]))
  const quality = byName.get('quality')
  if (quality?.verdict === 'better' && byName.get('failures')?.verdict !== 'not-enough-data')
    return { verdict: 'win', sentence: quality.sentence }
  const sentence =
    quality === undefined || quality.verdict === 'not-enough-data'
      ? `no harm was seen, and nothing is known about quality: ${quality?.sentence ?? 'it is not measured'}`
      : `no difference is sure yet; ${quality.sentence}`
  return { verdict: 'open', sentence }
}
