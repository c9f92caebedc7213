/**
 * Champion and challenger on the same rows. Both were right about the easy rows and wrong about the hard ones, so the question is
 * not whether their two intervals overlap but what the interval of their difference is: rows are drawn with replacement, each
 * with what both models said of it, and the difference is taken anew each time.
 *
 * The area under the ROC curve has DeLong's form for it; metrics that are functions of sums are resampled by their sums (BCa
 * interval); what is left, row by row, with fewer replicates and a normal interval.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { bootstrapInterval } from '../../../stats/bootstrap-interval.ts'
import { pairedAuc } from '../../../stats/delong.ts'
import type { Estimate } from '../../../stats/estimate.ts'
import { normalCdf, zOf } from '../../../stats/normal.ts'
import { createRandom } from '../../../stats/random.ts'
import {
  getFittingMetric,
  pickPairs,
  type QualityMetric,
  rowCountOf,
  type ScoredOutcomes,
  shortfallOf,
} from '../../operations/index.ts'
import { ComparisonUnpaired } from './errors.ts'
import { metricSums } from './metric-sums.ts'

export interface ComparisonOptions {
  readonly confidence?: number
  /** Of metrics that are functions of sums. */
  readonly replicates?: number
  /** Any does; a fixed one makes a report repeatable. */
  readonly seed?: number
  readonly signal?: AbortSignal
}

export interface PairedDifference {
  readonly metric: QualityMetric
  readonly rows: number
  readonly champion: number
  readonly challenger: number
  /** In the unit of the metric, above 0 where the challenger is better, whichever way the metric points. */
  readonly improvement: Estimate
  /** Probability of a difference this large from two versions that are alike, 0..1; normal approximation. */
  readonly p: number
}

/** A difference, or why these rows allow none. */
export type PairedMeasurement =
  | { readonly difference: PairedDifference; readonly shortfall?: undefined }
  | { readonly difference?: undefined; readonly shortfall: string; readonly metric: QualityMetric; readonly rows: number }

const CONFIDENCE = 0.95
const REPLICATES = 2_000
/** Of metrics that must be computed anew from the rows. Their spread is known to 5 %. */
const REPLICATES_BY_ROWS = 200
/**
 * Rows of such a replicate. Of more rows only so many are drawn, and their spread is brought to that of all by the square root of
 * the rows (m out of n: P. Bickel, F. Götze, W. van Zwet 1997, Statistica Sinica 7): hundreds of thousands would take minutes.
 */
const DRAWN_ROWS_MAX = 20_000
const SEED = 20_010_131

/**
 * Compares by one metric of the catalogue. Throws ComparisonUnpaired, PartUnknown, MetricUnfit, and the signal's reason.
 * O(rows), and O(200 · 20,000 rows) for a metric without sums; other work gets its turn in between.
 */
export async function comparePaired(
  champion: ScoredOutcomes,
  challenger: ScoredOutcomes,
  metricId: string,
  options: ComparisonOptions = {},
): Promise<PairedMeasurement> {
  requireSameRows(champion, challenger)
  const metric = getFittingMetric(metricId, champion.family)
  const rows = rowCountOf(champion)
  const shortfall = shortfallOf(metric, champion)
  if (shortfall !== undefined) return { shortfall, metric, rows }
  const found = (await measure(champion, challenger, metric, options)) ?? undefined
  if (found === undefined || !Number.isFinite(found.difference.value))
    return { shortfall: `${metricId} has no value on these rows`, metric, rows }
  const improvement = metric.better === 'higher' ? found.difference : mirrored(found.difference)
  const standardError = (improvement.high - improvement.low) / 2 / zOf(improvement.confidence)
  const p = improvement.value === 0 ? 1 : 2 * normalCdf(-Math.abs(improvement.value) / standardError)
  return { difference: { metric, rows, champion: found.champion, challenger: found.challenger, improvement, p } }
}

interface Measured {
  readonly champion: number
  readonly challenger: number
  /** challenger - champion. */
  readonly difference: Estimate
}

async function measure(
  champion: ScoredOutcomes,
  challenger: ScoredOutcomes,
  metric: QualityMetric,
  { confidence = CONFIDENCE, replicates = REPLICATES, seed = SEED, signal }: ComparisonOptions,
): Promise<Measured | undefined> {
  if (metric.id === 'roc-auc' && champion.family === 'binary' && challenger.family === 'binary') {
    const { first, second, difference } = pairedAuc(champion.scores, challenger.scores, champion.outcomes, confidence)
    return { champion: first, challenger: second, difference }
  }
  const [was, is] = [metricSums(metric.id, champion), metricSums(metric.id, challenger)]
  if (was === undefined || is === undefined) return resampled(champion, challenger, metric, { confidence, seed, signal })
  const terms = [...was.terms, ...is.terms]
  const sums = Float64Array.from(terms, (term) => term.reduce((sum, x) => sum + x, 0))
  const width = was.terms.length
  const difference = bootstrapInterval(terms, (of) => is.value(of, width) - was.value(of, 0), { confidence, replicates, seed })
  return { champion: was.value(sums, 0), challenger: is.value(sums, width), difference }
}

async function resampled(
  champion: ScoredOutcomes,
  challenger: ScoredOutcomes,
  metric: QualityMetric,
  { confidence, seed, signal }: { confidence: number; seed: number; signal: AbortSignal | undefined },
): Promise<Measured | undefined> {
  const [was, is] = [metric.estimate(champion, confidence).value, metric.estimate(challenger, confidence).value]
  const rows = rowCountOf(champion)
  const places = new Int32Array(Math.min(rows, DRAWN_ROWS_MAX))
  const random = createRandom(seed)
  let [drawn, mean, squares] = [0, 0, 0]
  for (let replicate = 0; replicate < REPLICATES_BY_ROWS; replicate++) {
    signal?.throwIfAborted()
    await turn()
    for (let i = 0; i < places.length; i++) places[i] = Math.floor(random() * rows)
    if (shortfallOf(metric, pickPairs(champion, places)) !== undefined) continue
    const gap =
      metric.estimate(pickPairs(challenger, places), confidence).value -
      metric.estimate(pickPairs(champion, places), confidence).value
    drawn++
    squares += ((gap - mean) ** 2 * (drawn - 1)) / drawn
    mean += (gap - mean) / drawn
  }
  if (drawn < REPLICATES_BY_ROWS / 2) return undefined
  const reach = zOf(confidence) * Math.sqrt((squares / (drawn - 1)) * (places.length / rows))
  const value = is - was
  const method = `bootstrap of ${places.length} rows, ${drawn} replicates, seed ${seed}, normal interval`
  return {
    champion: was,
    challenger: is,
    difference: { value, low: value - reach, high: value + reach, confidence, rows, method },
  }
}

const mirrored = (of: Estimate): Estimate => ({ ...of, value: 0 - of.value, low: 0 - of.high, high: 0 - of.low })

function requireSameRows(champion: ScoredOutcomes, challenger: ScoredOutcomes): void {
  if (champion.family !== challenger.family)
    throw new ComparisonUnpaired({ reason: `one is ${champion.family}, the other ${challenger.family}` })
  const [rows, other] = [rowCountOf(champion), rowCountOf(challenger)]
  if (rows !== other) throw new ComparisonUnpaired({ reason: `${rows} rows against ${other}` })
  const labelled = (pairs: ScoredOutcomes, i: number) =>
    pairs.family === 'multiclass' ? pairs.classes[pairs.outcomes[i]!] : pairs.outcomes[i]
  for (let i = 0; i < rows; i++)
    if (labelled(champion, i) !== labelled(challenger, i))
      throw new ComparisonUnpaired({
        reason: `row ${i} has outcome ${labelled(champion, i)} in one and ${labelled(challenger, i)} in the other`,
      })
}
