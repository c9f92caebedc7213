/**
 * What one window says of its inputs. Data quality first: what is missing, what was never seen, what lies outside of everything
 * seen, what stands still, what has changed its unit; each is a breach when its share exceeds the training data's by more than a
 * floor that matters and more than chance explains. Then drift, all columns under one false-alarm budget (drift/judge-drift.ts).
 */
import { histogramQuantile } from '../../../stats/log-histogram.ts'
import { twoProportionZ } from '../../../stats/two-proportion-z.ts'
import { isNumeric, type NumberBaseline } from '../../model/index.ts'
import { findRescaling } from '../anomaly/rescaling.ts'
import { falseAlarmRateOf } from '../drift/false-alarm-rate.ts'
import { type DriftVerdict, judgeColumns } from '../drift/judge-drift.ts'
import type { Finding } from '../incidents/finding.ts'
import { type ComparedColumn, compareProfiles } from '../profile/compare-profiles.ts'
import type { Profile } from '../profile/profile.ts'
import { type ColumnSummary, summariseProfile } from '../profile/summarise-profile.ts'
import type { MonitorReference } from './reference.ts'

/** A share must rise by this much to matter. */
const SHARE_FLOOR = 0.01
/** Rows below which a share says nothing. */
const ROWS_MIN = 50
/** Standard errors by which a share must have risen: about one in a hundred thousand by chance. */
const Z_MIN = 4.26
/** Above the weights of shares: a changed unit is the reason for values that lie outside, and not the other way round. */
const RESCALED_WEIGHT = 1_000
const LABELS_MAX = 30
const QUANTILE_SHARES = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]

type Window = Finding['window']

/** Findings of every column, ok ones included. Empty when the version has no baseline. */
export function inputFindings(of: MonitorReference, profile: Profile, window: Window): Finding[] {
  if (of.reference === undefined || profile.rows === 0) return []
  const { columns } = compareProfiles(of.reference, profile)
  const summaries = new Map(summariseProfile(profile).map((summary) => [summary.name, summary]))
  const quality = columns.flatMap((column) =>
    qualityOf(of, column, summaries.get(column.name)!, quantilesOf(profile, column.name), window),
  )
  return [...quality, ...driftOf(of, columns, window)]
}

function qualityOf(
  of: MonitorReference,
  column: ComparedColumn,
  summary: ColumnSummary,
  quantiles: readonly number[],
  window: Window,
): Finding[] {
  const head = { deployment: of.deployment, kind: 'data-quality', subject: column.name, window } as const
  const share = (measure: string, kinds: readonly string[], what: string): Finding => {
    const count = (counts: Float64Array) =>
      column.bins.reduce((sum, { kind }, i) => sum + (kinds.includes(kind) ? counts[i]! : 0), 0)
    const [before, after] = [count(column.reference), count(column.window)]
    const [n, m] = [sumOf(column.reference), sumOf(column.window)]
    const [was, is] = [before / n, after / m]
    const z = before + after === 0 ? 0 : -twoProportionZ(before, n, after, m).z
    const isBreach = is - was >= SHARE_FLOOR && z >= Z_MIN
    const sentence = `${column.name}: ${percent(is)} ${what}, ${percent(was)} in the training data.`
    return {
      ...head,
      measure,
      state: m < ROWS_MIN ? 'not-enough-data' : isBreach ? 'breach' : 'ok',
      value: is,
      bound: was + SHARE_FLOOR,
      rows: m,
      sentence,
      ...(isBreach && {
        suggestedAction: 'fix-the-feed',
        weight: (is - was) / SHARE_FLOOR,
        evidence: { histogram: histogramOf(column) },
      }),
    }
  }
  return [
    share('missing', ['missing'], 'are missing'),
    share('new-values', ['new'], 'have values never seen in training'),
    ...(column.family === 'numbers'
      ? [share('out-of-range', ['below', 'above', 'infinite'], 'lie outside the range of training')]
      : []),
    stuck(head, column, summary),
    ...rescaled(of, head, column, summary, quantiles),
  ]
}

type Head = Pick<Finding, 'deployment' | 'kind' | 'subject' | 'window'>

/** A column that was alive in training and has one value now. */
function stuck(head: Head, column: ComparedColumn, { distinct, missing }: ColumnSummary): Finding {
  const rows = sumOf(column.window)
  const wasAlive = column.reference.filter((count) => count > 0).length > 1
  const isStuck = wasAlive && distinct === 1 && missing < rows
  return {
    ...head,
    measure: 'stuck',
    state: rows - missing < ROWS_MIN ? 'not-enough-data' : isStuck ? 'breach' : 'ok',
    value: distinct,
    bound: 2,
    rows,
    sentence: `${column.name}: ${isStuck ? 'every row has the same value' : `about ${distinct.toLocaleString('en')} different values`}.`,
    ...(isStuck && { suggestedAction: 'fix-the-feed', weight: 10, evidence: { histogram: histogramOf(column) } }),
  }
}

function rescaled(
  of: MonitorReference,
  head: Head,
  column: ComparedColumn,
  summary: ColumnSummary,
  quantiles: readonly number[],
): Finding[] {
  const known = of.baseline?.columns.find(({ name }) => name === column.name)
  if (known === undefined || !isNumeric(known) || known.type === 'time' || known.distinct < 20) return []
  const rows = sumOf(column.window)
  if (rows < ROWS_MIN || quantiles.length === 0 || known.quantiles.length === 0)
    return [
      {
        ...head,
        measure: 'rescaled',
        state: 'not-enough-data',
        rows,
        sentence: `${column.name}: too few rows to tell its unit.`,
      },
    ]
  const found = findRescaling(
    referenceQuantiles(known),
    { count: rows - summary.missing, probabilities: QUANTILE_SHARES, quantiles },
    of.contract.inputs[column.name]?.unit,
  )
  return [
    {
      ...head,
      measure: 'rescaled',
      state: found === undefined ? 'ok' : 'breach',
      rows,
      sentence:
        found === undefined ? `${column.name}: its scale is that of the training data.` : `${column.name}: ${found.explanation}`,
      ...(found !== undefined && {
        value: found.factorMeasured,
        suggestedAction: 'fix-the-feed',
        weight: RESCALED_WEIGHT * found.confidence,
        evidence: { histogram: histogramOf(column), conversion: found.conversion, confidence: found.confidence },
      }),
    },
  ]
}

/** Of the numbers of one column of the window; empty when it has none. */
function quantilesOf({ columns }: Profile, name: string): number[] {
  const column = columns.get(name)
  if (column?.family !== 'numbers' || column.moments.count === 0) return []
  return QUANTILE_SHARES.map((p) => histogramQuantile(column.histogram, p)!)
}

const referenceQuantiles = ({ quantiles, missing, nan, infinite, histogram }: NumberBaseline) => ({
  count: histogram.counts.reduce((sum, count) => sum + count, 0) || missing + nan + infinite,
  probabilities: quantiles.map((_, i) => i / (quantiles.length - 1)),
  quantiles,
})

function driftOf(of: MonitorReference, columns: readonly ComparedColumn[], window: Window): Finding[] {
  const { drift } = of.contract.monitoring
  const perMonth = drift?.['false-alarms-per-month'] ?? 1
  const policy = {
    measure: drift?.measure ?? 'auto',
    falseAlarmRate: falseAlarmRateOf(perMonth, of.windowMs, drift?.sustained ?? 3),
  }
  const { verdicts } = judgeColumns(
    columns.map((column) => ({ column })),
    policy,
  )
  const byName = new Map(columns.map((column) => [column.name, column]))
  return verdicts.map((verdict) => driftFinding(of.deployment, verdict, byName.get(verdict.column)!, window))
}

/** Also for what the model says (prediction-findings.ts). */
export function driftFinding(
  deployment: string,
  verdict: DriftVerdict,
  column: ComparedColumn,
  window: Window,
  kind: 'drift' | 'prediction-drift' = 'drift',
): Finding {
  const state = verdict.verdict === 'drift' ? 'breach' : verdict.verdict === 'no-drift' ? 'ok' : 'not-enough-data'
  return {
    deployment,
    kind,
    subject: verdict.column,
    measure: verdict.measure,
    window,
    state,
    bound: verdict.effectFloor,
    rows: verdict.rows.window,
    sentence: verdict.sentence,
    ...(verdict.value !== undefined && { value: verdict.value, weight: verdict.value / verdict.effectFloor }),
    ...(state === 'breach' && {
      suggestedAction: 'retrain',
      evidence: { histogram: histogramOf(column), changes: verdict.verdict === 'drift' ? verdict.changes : [] },
    }),
  }
}

/** Shares before and after, of the bins where anything is; the largest when there are many. */
function histogramOf({ bins, reference, window }: ComparedColumn) {
  const [n, m] = [sumOf(reference), sumOf(window)]
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

const sumOf = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0)
const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`
