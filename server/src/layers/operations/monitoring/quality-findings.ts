/**
 * How good the predictions of a span were, once what happened is known. A span is judged by the time of its predictions and when
 * its outcomes are due, so that late outcomes make no gap look like a fall; how many have come is said beside every number.
 * A metric is in breach when its whole interval misses the bound of the contract: the same rule by which a check fails. Of many
 * slices some miss by chance, so theirs share the error of one (Bonferroni).
 */
import type { Bound } from '../../../contract/sufficiency.ts'
import type { Finding } from '../incidents/finding.ts'
import { measureQuality } from '../quality/quality.ts'
import { type OutcomePairing, pickPairs, type ScoredOutcomes } from '../quality/scored-outcomes.ts'
import type { MonitorReference } from './reference.ts'
import { type SliceRows, slicesOf } from './slice-counts.ts'
import { countText, digits, percent, type WatchedFinding } from './watched-finding.ts'
import type { WindowRows } from './window-rows.ts'

const CONFIDENCE = 0.95
/** Predictions of a span without one outcome that are silence of the outcome feed, and not a quiet day. */
const SILENT_ROWS = 100
type Window = Finding['window']
/** What was expected of a metric before its outcomes came, and how wrong that was before. */
export type ExpectedOf = (metric: string) => Pick<WatchedFinding, 'estimate' | 'estimateError'>

/** Findings of the outcome feed, and of every metric that the contract bounds, of the whole and of slices. */
export function qualityFindings(
  of: MonitorReference,
  rows: WindowRows,
  { pairs, rows: paired }: OutcomePairing,
  window: Window,
  expectedOf: ExpectedOf,
): WatchedFinding[] {
  const feed = outcomeFeed(of.deployment, rows, window)
  if (rows.outcomes === 0) return [feed]
  const { quality, slices } = of.contract.sufficient
  const coverage = rows.outcomes / rows.rowCount
  const measure: Measure = { of, window, rows: rows.outcomes, due: rows.rowCount, coverage, confidence: CONFIDENCE }
  const whole = Object.entries(quality).map(([metric, bound]) => ({
    ...metricFinding(measure, metric, bound, pairs),
    ...expectedOf(metric),
  }))
  const { by = [], 'min-rows': rowsMin, ...bounds } = slices ?? {}
  const agreed = Object.entries(bounds as Readonly<Record<string, Bound>>)
  const found = slicesOf(rows.inputs, [...new Set([...by, ...of.sliceInputs])], rowsMin)
  const confidence = 1 - (1 - CONFIDENCE) / Math.max(1, found.length * agreed.length)
  const ofSlices = found.flatMap((slice) => {
    const places = placesOf(slice, paired)
    const picked = pickPairs(pairs, places)
    const part = { ...measure, slice: slice.slice, rows: places.length, due: slice.rows.length, confidence }
    const here = { ...part, coverage: places.length / slice.rows.length }
    return by.includes(slice.input)
      ? agreed.map(([metric, bound]) => metricFinding(here, metric, bound, picked))
      : Object.keys(quality).map((metric) => metricFinding(here, metric, {}, picked))
  })
  return [feed, ...whole, ...ofSlices]
}

/** Positions among the pairs of the rows of a slice; both ascend. */
function placesOf({ rows }: SliceRows, paired: Int32Array): Int32Array {
  const places: number[] = []
  for (let i = 0, place = 0; i < rows.length && place < paired.length; i++) {
    while (place < paired.length && paired[place]! < rows[i]!) place++
    if (paired[place] === rows[i]) places.push(place)
  }
  return Int32Array.from(places)
}

interface Measure {
  readonly of: MonitorReference
  readonly window: Window
  readonly slice?: string
  /** Rows whose outcome has come, of how many. */
  readonly rows: number
  readonly due: number
  readonly coverage: number
  readonly confidence: number
}

function metricFinding(
  { of, window, slice, rows, due, coverage, confidence }: Measure,
  metric: string,
  { min, max }: Bound,
  pairs: ScoredOutcomes,
): WatchedFinding {
  const bound = min ?? max
  const head = {
    ...({ deployment: of.deployment, kind: 'quality', subject: metric, measure: metric, window, rows, coverage } as const),
    ...(slice !== undefined && { slice }),
    ...(bound !== undefined && { bound }),
  }
  const name = slice === undefined ? metric : `${metric} where ${slice}`
  const covered = `${percent(coverage)} of ${countText(due)} outcomes have come`
  const { estimate, shortfall } = measureQuality(metric, pairs, confidence)
  if (estimate === undefined) return { ...head, state: 'not-enough-data', sentence: `${name}: ${shortfall}; ${covered}.` }
  const { value, low, high, method } = estimate
  const isBad = (min !== undefined && high < min) || (max !== undefined && low > max)
  const isGood = (min === undefined || value >= min) && (max === undefined || value <= max)
  const ends = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`].filter(Boolean)
  const limit = ends.length === 0 ? 'nothing agreed' : `agreed ${ends.join(' and ')}`
  return {
    ...head,
    state: isBad ? 'breach' : isGood ? 'ok' : 'not-enough-data',
    value,
    interval: { low, high, confidence },
    sentence: `${name} ${digits(value)} [${digits(low)}, ${digits(high)}], ${limit}; ${covered}.`,
    evidence: { interval: [low, high], confidence, coverage, method },
    ...(isBad && { suggestedAction: 'retrain', weight: 5 }),
  }
}

function outcomeFeed(deployment: string, { rowCount, outcomes }: WindowRows, window: Window): WatchedFinding {
  const coverage = outcomes / rowCount
  const isSilent = outcomes === 0 && rowCount >= SILENT_ROWS
  return {
    ...{ deployment, kind: 'feed', subject: 'outcomes', measure: 'silence', window },
    state: isSilent ? 'breach' : outcomes === 0 ? 'not-enough-data' : 'ok',
    ...{ value: coverage, bound: 0, rows: rowCount, coverage },
    sentence: isSilent
      ? `Not one of ${countText(rowCount)} outcomes that were due has come.`
      : `${percent(coverage)} of ${countText(rowCount)} outcomes have come.`,
    ...(isSilent && { suggestedAction: 'fix-the-feed', weight: 30 }),
  }
}
