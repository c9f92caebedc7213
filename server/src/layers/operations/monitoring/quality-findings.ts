/**
 * How good the predictions of a span were, once what happened is known. A span is judged by the time of its predictions and when
 * its outcomes are due, so that late outcomes make no gap look like a fall; how many have come is said beside every number.
 * A metric is in breach when its whole interval misses the bound of the contract: the same rule by which a check fails.
 */
import type { Finding } from '../incidents/finding.ts'
import { measureQuality } from '../quality/quality.ts'
import { pairOutcomes } from '../quality/scored-outcomes.ts'
import type { MonitorReference } from './reference.ts'
import type { WindowRows } from './window-rows.ts'

const CONFIDENCE = 0.95
/** Predictions of a span without one outcome that are silence of the outcome feed, and not a quiet day. */
const SILENT_ROWS = 100

/** Findings of the outcome feed, and of every metric that the contract bounds. Empty when the contract has no outcome. */
export function qualityFindings(of: MonitorReference, rows: WindowRows, window: Finding['window']): Finding[] {
  const { contract, signature, deployment } = of
  if (contract.outcome === undefined || rows.rowCount === 0) return []
  const coverage = rows.outcomes / rows.rowCount
  const feed = outcomeFeed(deployment, rows, coverage, window)
  if (rows.outcomes === 0) return [feed]
  const { pairs } = pairOutcomes(signature.outputs[0]!, rows.outputs, rows.happened, contract.outcome.name)
  const covered = `${percent(coverage)} of ${rows.rowCount.toLocaleString('en')} outcomes have come`
  const metrics = Object.entries(contract.sufficient.quality).map(([metric, { min, max }]): Finding => {
    const head = { deployment, kind: 'quality', subject: metric, measure: metric, window, rows: rows.outcomes } as const
    const bound = min ?? max
    const { estimate, shortfall } = measureQuality(metric, pairs, CONFIDENCE)
    if (estimate === undefined)
      return {
        ...head,
        state: 'not-enough-data',
        ...(bound !== undefined && { bound }),
        sentence: `${metric}: ${shortfall}; ${covered}.`,
      }
    const { value, low, high } = estimate
    const isBad = (min !== undefined && high < min) || (max !== undefined && low > max)
    const isGood = (min === undefined || value >= min) && (max === undefined || value <= max)
    const limit = [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`]
      .filter(Boolean)
      .join(' and ')
    return {
      ...head,
      state: isBad ? 'breach' : isGood ? 'ok' : 'not-enough-data',
      value,
      ...(bound !== undefined && { bound }),
      sentence: `${metric} ${digits(value)} [${digits(low)}, ${digits(high)}], agreed ${limit}; ${covered}.`,
      evidence: { interval: [low, high], confidence: CONFIDENCE, coverage, method: estimate.method },
      ...(isBad && { suggestedAction: 'retrain', weight: 5 }),
    }
  })
  return [feed, ...metrics]
}

function outcomeFeed(
  deployment: string,
  { rowCount, outcomes }: WindowRows,
  coverage: number,
  window: Finding['window'],
): Finding {
  const isSilent = outcomes === 0 && rowCount >= SILENT_ROWS
  return {
    deployment,
    kind: 'feed',
    subject: 'outcomes',
    measure: 'silence',
    window,
    state: isSilent ? 'breach' : outcomes === 0 ? 'not-enough-data' : 'ok',
    value: coverage,
    bound: 0,
    rows: rowCount,
    sentence: isSilent
      ? `Not one of ${rowCount.toLocaleString('en')} outcomes that were due has come.`
      : `${percent(coverage)} of ${rowCount.toLocaleString('en')} outcomes have come.`,
    ...(isSilent && { suggestedAction: 'fix-the-feed', weight: 30 }),
  }
}

const digits = (value: number): string => `${Number(value.toPrecision(4))}`
const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`
