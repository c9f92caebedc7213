/**
 * Quality before outcomes come: what a version's own past outcomes teach about it. Classifiers by their calibrated probabilities
 * (quality/estimate/cbpe.ts), numbers by a second model of the loss (quality/estimate/direct-loss.ts).
 *
 * What an estimator was learnt from is a span of the journal and a moment, and both are kept; the estimator itself is not. A
 * program that starts again learns the same one from the same rows.
 */
import type { Table } from '../../../kernel/table.ts'
import type { Signature } from '../../model/index.ts'
import { type Cbpe, estimateByCbpe, fitCbpe, type Predictions } from '../quality/estimate/cbpe.ts'
import { type DirectLoss, fitDirectLoss, type FitRegressor, takeRows } from '../quality/estimate/direct-loss.ts'
import { EstimationImpossible } from '../quality/estimate/errors.ts'
import type { QualityMeasurement } from '../quality/quality.ts'
import { pairOutcomes, pickPairs, type ScoredOutcomes } from '../quality/scored-outcomes.ts'
import type { MonitorReference } from './reference.ts'
import type { WindowRows } from './window-rows.ts'

/** Estimators that are kept ready; beyond these the oldest is learnt again. */
const KEPT_MAX = 20
/** Latest rows that are learnt from: what a calibrator or a loss needs, in a second. */
const ROWS_MAX = 20_000
const CONFIDENCE = 0.95

/** Rows of a version with the outcomes that were known at a moment, all in milliseconds since 1970. */
export interface LearntFrom {
  readonly version: number
  readonly from: number
  readonly to: number
  readonly asOf: number
}
/** Gives undefined for a metric of which nothing can be said without outcomes. */
export type EstimateQuality = (rows: WindowRows, metric: string) => QualityMeasurement | undefined

export interface QualityEstimators {
  /** What was learnt from these rows, from memory or by `read`. Undefined when they teach too little. */
  find(of: MonitorReference, from: LearntFrom, read: () => Promise<WindowRows>): Promise<EstimateQuality | undefined>
}

export function createQualityEstimators({ fitRegressor }: { readonly fitRegressor: FitRegressor }): QualityEstimators {
  const kept = new Map<string, EstimateQuality | undefined>()
  return Object.freeze<QualityEstimators>({
    async find(of, from, read) {
      const key = JSON.stringify([of.deployment, from, Object.keys(of.contract.sufficient.quality)])
      if (kept.has(key)) return kept.get(key)
      const learnt = await learn(of, await read(), fitRegressor)
      if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value!)
      kept.set(key, learnt)
      return learnt
    },
  })
}

async function learn(of: MonitorReference, rows: WindowRows, fitRegressor: FitRegressor): Promise<EstimateQuality | undefined> {
  const [output] = of.signature.outputs
  const name = of.contract.outcome?.name
  if (name === undefined || output === undefined || output.type === 'tensor') return undefined
  const all = pairOutcomes(output, rows.outputs, rows.happened, name)
  const places = Int32Array.from(all.rows.keys()).subarray(-ROWS_MAX)
  const pairs = pickPairs(all.pairs, places)
  try {
    if (pairs.family !== 'regression') return byProbability(fitCbpe(pairs), output)
    const table = takeRows(
      rows.inputs,
      places.map((place) => all.rows[place]!),
    )
    return await byLoss(of, pairs, table, fitRegressor)
  } catch (error) {
    if (error instanceof EstimationImpossible) return undefined
    throw error
  }
}

const byProbability =
  (cbpe: Cbpe, output: Signature['outputs'][number]): EstimateQuality =>
  (rows, metric) => {
    const said = saidOf(output, rows.outputs)
    return said && estimateByCbpe(cbpe, said, metric, CONFIDENCE)
  }

async function byLoss(
  of: MonitorReference,
  { predicted, outcomes }: Extract<ScoredOutcomes, { family: 'regression' }>,
  table: Table,
  fitRegressor: FitRegressor,
): Promise<EstimateQuality> {
  const losses = new Map<string, DirectLoss>()
  for (const metric of Object.keys(of.contract.sufficient.quality))
    try {
      losses.set(metric, await fitDirectLoss({ table, predicted, outcomes }, metric, fitRegressor))
    } catch (error) {
      // r2 is no mean of losses; the others can still be learnt.
      if (!(error instanceof EstimationImpossible)) throw error
    }
  const [output] = of.signature.outputs
  return (rows, metric) => {
    const column = rows.outputs.columns.get(output!.name)
    if (column === undefined || column.type === 'text') return undefined
    const usable = Int32Array.from(column.values.keys()).filter((row) => Number.isFinite(column.values[row]))
    const said = Float64Array.from(usable, (row) => column.values[row]!)
    return losses.get(metric)?.estimate(takeRows(rows.inputs, usable), said, CONFIDENCE)
  }
}

/** What the model said, without outcomes; undefined where it gives no probability. Rows in which it said nothing are left out. */
function saidOf({ name, type, classes = [] }: Signature['outputs'][number], outputs: Table): Predictions | undefined {
  const numbers = (column: string) => {
    const found = outputs.columns.get(column)
    return found === undefined || found.type === 'text' ? undefined : found.values
  }
  if (type === 'probability') {
    const scores = numbers(name)
    return scores && { family: 'binary', scores: scores.filter((score) => !Number.isNaN(score)) }
  }
  if (type !== 'probabilities') return undefined
  const columns = classes.flatMap((label) => numbers(`${name}[${label}]`) ?? [])
  if (columns.length !== classes.length) return undefined
  const rows = Int32Array.from({ length: outputs.rowCount }, (_, row) => row).filter((row) =>
    columns.every((column) => !Number.isNaN(column[row])),
  )
  const probabilities = columns.map((column) => Float64Array.from(rows, (row) => column[row]!))
  if (classes.length === 2) return { family: 'binary', scores: probabilities[1]! }
  const predicted = Int32Array.from(rows, (_, i) =>
    probabilities.reduce((best, column, code) => (column[i]! > probabilities[best]![i]! ? code : best), 0),
  )
  return { family: 'multiclass', classes, probabilities, predicted }
}
