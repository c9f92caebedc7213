/**
 * Drift of one window: every input, every input in every slice, and what the model says, under one budget of false alarms
 * (drift/judge-drift.ts). What has no reference yet is told as such. A slice of a column that drifted as a whole is evidence and
 * no alarm of its own.
 */
import { AUTO, findMeasure } from '../drift/choose-measure.ts'
import { falseAlarmRateOf } from '../drift/false-alarm-rate.ts'
import { type DriftSubject, type DriftVerdict, judgeColumns } from '../drift/judge-drift.ts'
import { driftMeasures } from '../drift/measures/catalog.gen.ts'
import type { Finding } from '../incidents/finding.ts'
import { EVERY_COLUMN } from '../incidents/inhibition.ts'
import { type ComparedColumn, compareProfiles } from '../profile/compare-profiles.ts'
import type { Profile } from '../profile/profile.ts'
import { type DriftReference, referenceNameOf } from './drift-reference.ts'
import { poolRareValues } from './pool-rare-values.ts'
import type { MonitorReference } from './reference.ts'
import type { SliceCounts } from './slice-counts.ts'
import { sumOf, type WatchedFinding } from './watched-finding.ts'

const LABELS_MAX = 30
/** Slices that are listed as evidence. */
const EVIDENCE_SLICES_MAX = 10

type Window = Finding['window']
type DriftKind = 'drift' | 'prediction-drift'
/** One column, of the whole or of a slice; without one there is nothing to hold it against. */
export interface DriftCase {
  readonly kind: DriftKind
  readonly name: string
  readonly slice?: string
  readonly column?: ComparedColumn
  /** Its reference are other windows, and not the training data. */
  readonly isSample?: boolean
  readonly measure: string
  readonly lack?: string
}

/**
 * Windows in a row that make drift an incident. Against the window before, a step is seen once, in the window it comes with:
 * waiting for it to last would be waiting for the next step.
 */
export const driftSustainedOf = (of: MonitorReference): number =>
  referenceNameOf(of) === 'previous' ? 1 : (of.contract.monitoring.drift?.sustained ?? 3)

/** Columns of the window and of its slices beside their references. */
export function inputCases(
  of: MonitorReference,
  profile: Profile,
  slices: readonly SliceCounts[],
  reference: DriftReference,
): DriftCase[] {
  if (profile.reference === undefined) return []
  const measureOf = ({ type }: ComparedColumn) => fittingMeasure(of.contract.monitoring.drift?.measure ?? AUTO, type)
  const { whole } = reference
  const { columns } = compareProfiles(whole ?? profile.reference, profile)
  const judged = columns.filter((column) => findMeasure(measureOf(column), column) !== undefined)
  const ofWhole = judged.map((column): DriftCase => {
    const head = { kind: 'drift', name: column.name, measure: measureOf(column) } as const
    return whole === undefined ? { ...head, lack: reference.lack } : { ...head, column, isSample: reference.name !== 'baseline' }
  })
  const ofSlices = slices.flatMap(({ slice, columns: counts }): DriftCase[] => {
    const before = reference.slices.get(slice)
    if (before === undefined) return [{ kind: 'drift', name: EVERY_COLUMN, slice, measure: AUTO, lack: reference.lack }]
    return judged.flatMap((column): DriftCase[] => {
      const window = counts.get(column.name)
      const known = before.columns.get(column.name)
      if (window === undefined) return []
      const head = { kind: 'drift', name: column.name, slice, measure: measureOf(column) } as const
      if (known?.length !== window.length) return [{ ...head, lack: reference.lack }]
      return [{ ...head, isSample: true, column: { ...column, reference: known, window } }]
    })
  })
  return [...ofWhole, ...ofSlices]
}

/** The contract names one measure for all columns; those that it does not fit take what `auto` gives them. */
function fittingMeasure(measure: string, type: ComparedColumn['type']): string {
  return measure === AUTO || driftMeasures.get(measure).columns.includes(type) ? measure : AUTO
}

/** Findings of all cases, in their order. */
export function driftFindings(of: MonitorReference, cases: readonly DriftCase[], window: Window): WatchedFinding[] {
  const judged = cases.filter(({ column }) => column !== undefined)
  const perMonth = of.contract.monitoring.drift?.['false-alarms-per-month'] ?? 1
  const falseAlarmRate = falseAlarmRateOf(perMonth, of.windowMs, driftSustainedOf(of))
  const subjects = judged.map(({ column, slice, measure, isSample }): DriftSubject => {
    const pooled = isSample === true ? poolRareValues(column!) : column!
    return { column: pooled, measure, ...(slice !== undefined && { slice }) }
  })
  const verdicts = new Map(judgeColumns(subjects, { falseAlarmRate }).verdicts.map((verdict, i) => [judged[i]!, verdict]))
  const findings = cases.map((each) => {
    const verdict = verdicts.get(each)
    return verdict === undefined ? lacking(of, each, window) : findingOf(of, each, verdict, window)
  })
  return withSlices(findings)
}

function lacking(
  { deployment }: MonitorReference,
  { kind, name, slice, measure, lack }: DriftCase,
  window: Window,
): WatchedFinding {
  return {
    ...{ deployment, kind, subject: name, measure, window, state: 'not-enough-data' },
    ...(slice !== undefined && { slice }),
    sentence: `${name === EVERY_COLUMN ? 'Every input' : name}${inSlice(slice)}: nothing to compare with yet: ${lack}.`,
  }
}

const inSlice = (slice: string | undefined) => (slice === undefined ? '' : ` where ${slice}`)

const REFERENCE_TEXT = {
  baseline: '',
  previous: ' against the window before',
  same_hour_of_week: ' against the same hour of past weeks',
}

function findingOf(
  of: MonitorReference,
  { kind, slice, column }: DriftCase,
  verdict: DriftVerdict,
  window: Window,
): WatchedFinding {
  const state = verdict.verdict === 'drift' ? 'breach' : verdict.verdict === 'no-drift' ? 'ok' : 'not-enough-data'
  const against = REFERENCE_TEXT[referenceNameOf(of)]
  return {
    deployment: of.deployment,
    kind,
    subject: verdict.column,
    measure: verdict.measure,
    ...(slice !== undefined && { slice }),
    window,
    state,
    bound: verdict.effectFloor,
    rows: verdict.rows.window,
    unit: verdict.unit,
    sentence: verdict.sentence.replace(`${verdict.column}:`, () => `${verdict.column}${inSlice(slice)}${against}:`),
    ...(verdict.value !== undefined && { value: verdict.value, weight: verdict.value / verdict.effectFloor }),
    ...(verdict.chance !== undefined && Number.isFinite(verdict.chance) && { chance: verdict.chance }),
    ...(state === 'breach' && {
      suggestedAction: 'retrain',
      evidence: { histogram: histogramOf(column!), changes: verdict.verdict === 'drift' ? verdict.changes : [] },
    }),
  }
}

/** Each drift of a whole column with the slices in which it is worst. */
function withSlices(findings: readonly WatchedFinding[]): WatchedFinding[] {
  const sliced = Map.groupBy(
    findings.filter(({ slice, state }) => slice !== undefined && state === 'breach'),
    ({ subject }) => subject,
  )
  return findings.map((finding) => {
    if (finding.slice !== undefined || finding.kind !== 'drift' || finding.state !== 'breach') return finding
    const worst = (sliced.get(finding.subject) ?? []).toSorted((a, b) => b.value! - a.value!).slice(0, EVIDENCE_SLICES_MAX)
    if (worst.length === 0) return finding
    const slices = worst.map(({ slice, value, rows }) => ({ slice, value, rows }))
    return { ...finding, evidence: { ...(finding.evidence as object), slices } }
  })
}

/** What incidents hear of: all but slices of what drifted as a whole in the same window. */
export function toldOf<T extends Finding>(findings: readonly T[]): T[] {
  const whole = new Set(
    findings.flatMap(({ kind, subject, slice, state }) =>
      slice === undefined && state === 'breach' && (kind === 'drift' || kind === 'data-quality') ? [subject] : [],
    ),
  )
  return findings.filter(
    ({ kind, slice, subject, state }) => !(kind === 'drift' && slice !== undefined && state === 'breach' && whole.has(subject)),
  )
}

/** Shares before and after, of the bins where anything is; the largest when there are many. */
export function histogramOf({ bins, reference, window }: ComparedColumn) {
  const [n, m] = [Math.max(1, sumOf(reference)), Math.max(1, sumOf(window))]
  const places = bins
    .map((_, i) => i)
    .filter((i) => reference[i]! + window[i]! > 0)
    .toSorted((a, b) => reference[b]! / n + window[b]! / m - (reference[a]! / n + window[a]! / m))
    .slice(0, LABELS_MAX)
    .toSorted((a, b) => a - b)
  return {
    labels: places.map((i) => bins[i]!.label),
    before: places.map((i) => reference[i]! / n),
    after: places.map((i) => window[i]! / m),
  }
}
