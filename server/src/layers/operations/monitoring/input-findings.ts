/**
 * What one window says of its inputs. Data quality first: what is missing, what was never seen, what lies outside of everything
 * seen, what stands still, what has changed its unit; each is a breach when its share exceeds the training data's by more than a
 * floor that matters and more than chance explains, with the slices in which it is worst. What it says of drift is in
 * drift-findings.ts.
 */
import { histogramQuantile } from '../../../stats/log-histogram.ts'
import { twoProportionZ } from '../../../stats/two-proportion-z.ts'
import { isNumeric, type NumberBaseline } from '../../model/index.ts'
import { findRescaling } from '../anomaly/rescaling.ts'
import type { Finding } from '../incidents/finding.ts'
import { type ComparedColumn, compareProfiles } from '../profile/compare-profiles.ts'
import type { Profile } from '../profile/profile.ts'
import { type ColumnSummary, summariseProfile } from '../profile/summarise-profile.ts'
import { histogramOf } from './drift-findings.ts'
import type { MonitorReference } from './reference.ts'
import type { SliceCounts } from './slice-counts.ts'
import { percent, sumOf } from './watched-finding.ts'

/** A share must rise by this much to matter. */
const SHARE_FLOOR = 0.01
/** Rows below which a share says nothing. */
const ROWS_MIN = 50
/** Standard errors by which a share must have risen: about one in a hundred thousand by chance. */
const Z_MIN = 4.26
/** Above the weights of shares: a changed unit is the reason for values that lie outside, and not the other way round. */
const RESCALED_WEIGHT = 1_000
/** Slices that are listed as evidence. */
const EVIDENCE_SLICES_MAX = 10
const QUANTILE_SHARES = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]

type Window = Finding['window']

/** Findings of every column, ok ones included. Empty when the version has no baseline. */
export function inputFindings(of: MonitorReference, profile: Profile, slices: readonly SliceCounts[], window: Window): Finding[] {
  if (of.reference === undefined || profile.rows === 0) return []
  const { columns } = compareProfiles(of.reference, profile)
  const summaries = new Map(summariseProfile(profile).map((summary) => [summary.name, summary]))
  return columns.flatMap((column) => {
    const summary = summaries.get(column.name)!
    return qualityOf(of, { column, summary, quantiles: quantilesOf(profile, column.name), slices }, window)
  })
}

interface Seen {
  readonly column: ComparedColumn
  readonly summary: ColumnSummary
  readonly quantiles: readonly number[]
  readonly slices: readonly SliceCounts[]
}

function qualityOf(of: MonitorReference, { column, summary, quantiles, slices }: Seen, window: Window): Finding[] {
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
        evidence: { histogram: histogramOf(column), slices: worstSlices(column, slices, kinds) },
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

/** By their share of rows in bins of these kinds, the largest first. */
function worstSlices({ name, bins }: ComparedColumn, slices: readonly SliceCounts[], kinds: readonly string[]) {
  return slices
    .flatMap(({ slice, rows, columns }) => {
      const counts = columns.get(name)
      if (counts === undefined) return []
      return [{ slice, rows, value: bins.reduce((sum, { kind }, i) => sum + (kinds.includes(kind) ? counts[i]! : 0), 0) / rows }]
    })
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, EVIDENCE_SLICES_MAX)
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
