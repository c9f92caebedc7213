/**
 * The errors of predictions as one stream, in the order in which the predictions were made, read by a detector of change
 * (anomaly/detectors). It goes on from span to span: what the detector knows is kept with the monitor, in the transaction that
 * says how far the monitor has come, so that a program that dies reads no error twice.
 *
 * An error is a number from 0 to 1. Of a probability p it is the square of what was missed, less what p itself admits to miss,
 * p(1 - p): a model that says "I do not know" all evening is no worse in the evening, and the daily rhythm of a calibrated model
 * is not heard. Of a class without probability it is 0 or 1; of a number |error| / (|error| + the median of the first errors).
 */
import { detectors } from '../anomaly/detectors/catalog.gen.ts'
import type { DetectorSnapshot } from '../../../stats/drift-detector.ts'
import type { Finding } from '../incidents/finding.ts'
import type { OutcomePairing, ScoredOutcomes } from '../quality/scored-outcomes.ts'
import type { MonitorReference } from './reference.ts'
import { medianOf } from './row-findings.ts'
import { countText, digits, type WatchedFinding } from './watched-finding.ts'
import type { IdsOf } from './window-rows.ts'

/** Errors that the mean after a change is taken of, the latest before it was noticed. */
const RECENT = 300
const EXAMPLES_MAX = 10
/** What its findings are about. */
export const ERRORS = 'errors'

/** How far the stream was read, as JSON has it. */
export interface ErrorStream {
  readonly version: number
  readonly detector: string
  readonly snapshot: DetectorSnapshot
  /** Errors since the last change, and their mean. */
  readonly count: number
  readonly mean: number
  /** Of a regression: the error that counts as one half. */
  readonly scale?: number
}

export const detectorOf = ({ contract }: MonitorReference): string | undefined => {
  const detector = contract.monitoring.errors?.detector
  return detector === 'none' ? undefined : detector
}

/** Reads the pairs of a span. @returns The stream after it, and one finding: a change, or none. */
export async function readErrors(
  of: MonitorReference,
  before: ErrorStream | undefined,
  { pairs, rows }: OutcomePairing,
  window: Finding['window'],
  idsOf: IdsOf,
): Promise<{ stream: ErrorStream | undefined; findings: WatchedFinding[] }> {
  const id = detectorOf(of)
  if (id === undefined || pairs.outcomes.length === 0) return { stream: before, findings: [] }
  const known = before?.detector === id && before.version === of.version ? before : undefined
  const scale = known?.scale ?? scaleOf(pairs)
  const errors = errorsOf(pairs, scale)
  const { at, snapshot, count, mean, was, is } = run(id, known, errors)
  const stream = { version: of.version, detector: id, snapshot, count, mean, ...(scale !== undefined && { scale }) }
  const head = {
    deployment: of.deployment,
    kind: 'quality',
    subject: ERRORS,
    measure: id,
    window,
    rows: errors.length,
  } as const
  const { title } = detectors.get(id)
  if (at === undefined)
    return {
      stream,
      findings: [{ ...head, state: 'ok', value: mean, sentence: `No change in ${countText(errors.length)} errors (${title}).` }],
    }
  const from = Math.max(0, at + 1 - RECENT)
  const worst = [...errors.subarray(from, at + 1).keys()]
    .toSorted((a, b) => errors[from + b]! - errors[from + a]!)
    .slice(0, EXAMPLES_MAX)
  const predictions = await idsOf(worst.map((i) => rows[from + i]!))
  const finding: WatchedFinding = {
    ...head,
    state: 'breach',
    value: is,
    bound: was,
    sentence: `Predictions err ${is > was ? 'more' : 'otherwise'} than they did: ${digits(is)} on average in the latest, ${digits(was)} before (${title}).`,
    suggestedAction: 'retrain',
    weight: 4,
    evidence: { predictions, errorsRead: count, noticedAfterRows: at + 1 },
  }
  return { stream, findings: [finding] }
}

function run(id: string, known: ErrorStream | undefined, errors: Float64Array) {
  const detector = detectors.get(id).create(undefined, known?.snapshot)
  let [count, mean] = [known?.count ?? 0, known?.mean ?? 0]
  let noticed: { at: number; was: number; is: number } | undefined
  for (let i = 0; i < errors.length; i++) {
    count++
    mean += (errors[i]! - mean) / count
    if (detector.update(errors[i]!) !== 'drift') continue
    const recent = errors.subarray(Math.max(0, i + 1 - RECENT), i + 1)
    const is = recent.reduce((sum, error) => sum + error, 0) / recent.length
    noticed ??= { at: i, was: mean, is }
    ;[count, mean] = [0, 0]
  }
  return { at: undefined, was: 0, is: 0, ...noticed, snapshot: detector.snapshot(), count, mean }
}

function scaleOf(pairs: ScoredOutcomes): number | undefined {
  if (pairs.family !== 'regression') return undefined
  const median = medianOf([...pairs.predicted.map((p, i) => Math.abs(p - pairs.outcomes[i]!))])
  return median > 0 ? median : 1
}

/** The lowest of what squared misses less p(1 - p) can be. */
const EXCESS_MIN = -1 / 8

function errorsOf(pairs: ScoredOutcomes, scale = 1): Float64Array {
  if (pairs.family === 'multiclass') return Float64Array.from(pairs.predicted, (said, i) => (said === pairs.outcomes[i] ? 0 : 1))
  if (pairs.family === 'regression')
    return pairs.predicted.map((said, i) => {
      const error = Math.abs(said - pairs.outcomes[i]!)
      return Number.isFinite(error) ? error / (error + scale) : 1
    })
  return pairs.scores.map((score, i) => {
    const p = Math.min(1, Math.max(0, score))
    const excess = (p - pairs.outcomes[i]!) ** 2 - p * (1 - p)
    return Math.min(1, Math.max(0, (excess - EXCESS_MIN) / (1 - EXCESS_MIN)))
  })
}
