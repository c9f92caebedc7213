/**
 * What can be seen of a version at once, without knowing what really happened: failures, refusals, flagged values, slow
 * answers. Each is a share of the new version's traffic against the same share of the champion's in the same time, looked at
 * as often as one likes (stats/sequential-test.ts). A guard can stop a release; it can never call a version good.
 */
import { type ArmMoments, lookSequentially, shareMoments } from '../../../stats/sequential-test.ts'
import { LATENCY_BOUNDS_MS } from '../../serving/data-plane.ts'
import type { ArmCounts } from './release-evidence.ts'
import type { StepMeasure } from './step-measure.ts'

/** Five measures share an error of 5 % a step, by Bonferroni: a step without harm is stopped at most once in twenty. */
export const CONFIDENCE = 0.99

/** By how much a share may rise before that is a loss: the answer to "who cares", not to "is it sure". */
const TOLERANCES = { failures: 0.005, invalid: 0.01, flagged: 0.05, latency: 0.05 } as const
/** The test is fastest at this multiple of the tolerance. */
const EFFECT_FACTOR = 2

/** Where at least this many requests failed, and half of all, while the champion answers, no more of them are needed. */
const BROKEN_FAILURES_MIN = 20
const BROKEN_SHARE = 0.5
const CHAMPION_BROKEN_SHARE = 0.1

/** Without a bound in the contract, an answer is slow from this multiple of the champion's 95th percentile on. */
const SLOW_FACTOR = 2
const SLOW_PERCENTILE = 0.95
/** Answers of the champion from which its percentile is taken. */
const SLOW_ANSWERS_MIN = 100

export interface Arms {
  readonly champion: ArmCounts
  readonly challenger: ArmCounts
}

export function failureMeasure({ champion, challenger }: Arms): StepMeasure {
  const measure = compareShares('failures', [champion.failures, champion.requests], [challenger.failures, challenger.requests])
  if (measure.verdict === 'worse' || !isBroken(champion, challenger)) return measure
  const { failures, requests } = challenger
  return { ...measure, verdict: 'worse', sentence: `${failures} of ${requests} requests failed, and the champion answers` }
}

function isBroken(champion: ArmCounts, { failures, requests }: ArmCounts): boolean {
  if (failures < BROKEN_FAILURES_MIN || failures < BROKEN_SHARE * requests) return false
  return champion.requests > 0 && champion.failures < CHAMPION_BROKEN_SHARE * champion.requests
}

export const invalidMeasure = ({ champion, challenger }: Arms): StepMeasure =>
  compareShares('invalid', [champion.invalid, champion.requests], [challenger.invalid, challenger.requests])

export const flaggedMeasure = ({ champion, challenger }: Arms): StepMeasure =>
  compareShares('flagged', [champion.flagged, champion.rows], [challenger.flagged, challenger.rows])

/** `slowMs`: from where on an answer is slow; undefined while the champion has answered too little to tell. */
export function latencyMeasure({ champion, challenger }: Arms, slowMs: number | undefined): StepMeasure {
  const slow = (arm: ArmCounts): [number, number] => [answersAbove(arm, slowMs ?? Number.POSITIVE_INFINITY), answersOf(arm)]
  const measure = compareShares('latency', slow(champion), slow(challenger))
  return slowMs === undefined ? { ...measure, verdict: 'not-enough-data' } : { ...measure, slowMs }
}

/** The contract's bound where it has one; else from what the champion took in the step so far. A bound of the counts, rounded up. */
export function slowLimitOf(champion: ArmCounts, boundMs: number | undefined): number | undefined {
  if (boundMs !== undefined) return atLeast(boundMs)
  const answers = answersOf(champion)
  if (answers < SLOW_ANSWERS_MIN) return undefined
  let below = 0
  const at = champion.latencies.findIndex((count) => (below += count) >= SLOW_PERCENTILE * answers)
  return atLeast(SLOW_FACTOR * (LATENCY_BOUNDS_MS[at] ?? LATENCY_BOUNDS_MS.at(-1)!))
}

const atLeast = (ms: number): number => LATENCY_BOUNDS_MS.find((bound) => bound >= ms) ?? LATENCY_BOUNDS_MS.at(-1)!
const answersOf = ({ latencies }: ArmCounts): number => latencies.reduce((sum, count) => sum + count, 0)
const answersAbove = ({ latencies }: ArmCounts, ms: number): number =>
  latencies.reduce((sum, count, i) => sum + (i > 0 && LATENCY_BOUNDS_MS[i - 1]! >= ms ? count : 0), 0)

const WORDS = {
  failures: 'requests that failed',
  invalid: 'requests that were refused',
  flagged: 'rows with a flagged value',
  latency: 'slow answers',
} as const

function compareShares(
  measure: keyof typeof TOLERANCES,
  [championHits, championRows]: readonly [number, number],
  [hits, rows]: readonly [number, number],
): StepMeasure {
  const bound = TOLERANCES[measure]
  const [control, treatment] = [shareMoments(championHits, championRows), shareMoments(hits, rows)]
  const look = lookSequentially(control, treatment, { effect: EFFECT_FACTOR * bound, confidence: CONFIDENCE, better: 'lower' })
  const { improvement } = look
  const verdict = !Number.isFinite(improvement.high)
    ? 'not-enough-data'
    : improvement.high < -bound
      ? 'worse'
      : improvement.low > bound
        ? 'better'
        : 'no-difference-seen'
  const sentence = `${WORDS[measure]}: ${percent(treatment)} of ${rows}, and ${percent(control)} of ${championRows} of the champion`
  return {
    ...{ measure, verdict, bound, sentence, champion: control.mean, challenger: treatment.mean },
    ...(verdict === 'not-enough-data' ? {} : { improvement }),
    ...{ championRows, challengerRows: rows },
  }
}

const percent = ({ mean }: ArmMoments): string => `${Number((mean * 100).toPrecision(3))} %`
