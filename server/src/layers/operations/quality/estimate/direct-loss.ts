/**
 * How far off predicted numbers are before any outcome has come: direct loss estimation (DLE). A second model learns, on a
 * reference with outcomes, how large the first one's error is from the same columns and the prediction; over a window its mean
 * is the expected error.
 *
 * A model praises itself on the rows it learnt from, so the reference is cut into folds, and each fold is estimated by a model
 * that learnt from the others. The estimate of a window is the mean of these models, corrected by what they leave on rows they
 * have not seen. The interval adds up the spread of what is left, in proportion to the estimate, and how far the models
 * disagree (a jackknife over the folds). That bounds what the metric of these very rows will be, as long as the same input still has the same outcomes and
 * the window has no inputs of a kind that the reference lacks.
 * Source: NannyML, Direct Loss Estimation; there without folds, and too sure for it.
 */
import type { Column, Table } from '../../../../kernel/table.ts'
import type { Estimate } from '../../../../stats/estimate.ts'
import { zOf } from '../../../../stats/normal.ts'
import { createRandom } from '../../../../stats/random.ts'
import { shortfallOf } from '../metrics/contract.ts'
import { getFittingMetric, type QualityMeasurement } from '../quality.ts'
import { REFERENCE_ROWS_MIN } from './cbpe.ts'
import { EstimationImpossible } from './errors.ts'

/** Learns a number from columns. Implemented by a trainer of the model layer, and joined to this one in main.ts. */
export type FitRegressor = (table: Table, target: Float64Array) => Promise<Regressor>
export interface Regressor {
  predict(table: Table): Float64Array
}

export interface DirectLoss {
  /** The metric over rows whose outcomes are not known. A window too small is a shortfall. */
  estimate(window: Table, predicted: Float64Array, confidence?: number): QualityMeasurement
}

export interface DirectLossReference {
  /** Columns that the model sees. Missing values are for the regressor to deal with. */
  readonly table: Table
  /** Shape [rows]. */
  readonly predicted: Float64Array
  readonly outcomes: Float64Array
}

const FOLDS = 5
const SEED = 20_010_131
/** The prediction as a column; no column of data is called so. */
const PREDICTION = '(prediction)'

/** Loss of a row, and from the mean loss to the metric; NaN is a row without a loss. */
const LOSSES: Readonly<Record<string, { of(predicted: number, outcome: number): number; root: boolean }>> = {
  mae: { of: (predicted, outcome) => Math.abs(predicted - outcome), root: false },
  rmse: { of: (predicted, outcome) => (predicted - outcome) ** 2, root: true },
  mape: { of: (p, outcome) => (outcome === 0 ? Number.NaN : Math.abs((p - outcome) / outcome)), root: false },
}

/** Trains FOLDS regressors. Throws PartUnknown, MetricUnfit, EstimationImpossible. */
export async function fitDirectLoss(reference: DirectLossReference, metricId: string, fit: FitRegressor): Promise<DirectLoss> {
  const metric = getFittingMetric(metricId, 'regression')
  const loss = LOSSES[metricId]
  if (loss === undefined) throw new EstimationImpossible({ reason: `${metricId} is not the mean of an error of each row` })
  const losses = reference.predicted.map((p, i) => loss.of(p, reference.outcomes[i]!))
  const rows = Int32Array.from(losses.keys()).filter((row) => Number.isFinite(losses[row]))
  if (rows.length < REFERENCE_ROWS_MIN)
    throw new EstimationImpossible({
      reason: `the reference has ${rows.length} rows with outcomes, and ${REFERENCE_ROWS_MIN} are needed`,
    })
  const known = takeRows(withPrediction(reference.table, reference.predicted), rows)
  const target = Float64Array.from(rows, (row) => losses[row]!)
  const left = await unexplained(known, target, fit)
  return Object.freeze<DirectLoss>({
    estimate(window, predicted, confidence = 0.95) {
      const shortfall = shortfallOf(metric, { family: 'regression', predicted, outcomes: predicted })
      if (shortfall !== undefined) return { metric, shortfall }
      const table = withPrediction(window, predicted)
      const expected = left.regressors.map((regressor) => regressor.predict(table).map((x) => Math.max(0, x)))
      return { metric, estimate: estimateOf(expected, left, loss.root, confidence) }
    },
  })
}

interface Unexplained {
  readonly regressors: readonly Regressor[]
  readonly rows: number
  /** Mean of loss less estimate on rows that were not learnt from, and its standard error. */
  readonly mean: number
  readonly standardError: number
  /** Root mean square of loss less estimate, as a multiple of that of the estimate: large losses vary more. */
  readonly relativeSpread: number
}

async function unexplained(table: Table, target: Float64Array, fit: FitRegressor): Promise<Unexplained> {
  const random = createRandom(SEED)
  const folds = Int32Array.from(target, () => Math.floor(random() * FOLDS))
  const rest = new Float64Array(target.length)
  const regressors: Regressor[] = []
  let [squaresLeft, squaresExpected] = [0, 0]
  for (let fold = 0; fold < FOLDS; fold++) {
    const own = Int32Array.from(folds.keys()).filter((row) => folds[row] === fold)
    const others = Int32Array.from(folds.keys()).filter((row) => folds[row] !== fold)
    const regressor = await fit(
      takeRows(table, others),
      target.filter((_, row) => folds[row] !== fold),
    )
    regressors.push(regressor)
    regressor.predict(takeRows(table, own)).forEach((raw, i) => {
      const expected = Math.max(0, raw)
      rest[own[i]!] = target[own[i]!]! - expected
      squaresLeft += rest[own[i]!]! ** 2
      squaresExpected += expected ** 2
    })
  }
  const mean = rest.reduce((sum, x) => sum + x, 0) / rest.length
  const standardError = Math.sqrt(squaresLeft) / rest.length
  return {
    regressors,
    rows: rest.length,
    mean,
    standardError,
    relativeSpread: Math.sqrt(squaresLeft / Math.max(squaresExpected, 1e-300)),
  }
}

/** @param expected Loss of each row by each regressor. */
function estimateOf(expected: readonly Float64Array[], left: Unexplained, root: boolean, confidence: number): Estimate {
  const rows = expected[0]!.length
  const means = expected.map((losses) => losses.reduce((sum, x) => sum + x, 0) / rows)
  const middle = means.reduce((sum, x) => sum + x, 0) / means.length
  const disagreement = means.reduce((sum, x) => sum + (x - middle) ** 2, 0) * (1 - 1 / means.length)
  const squares = expected.reduce((sum, losses) => sum + losses.reduce((of, x) => of + x * x, 0), 0) / means.length
  const spread = (left.relativeSpread * Math.sqrt(squares)) / rows
  const reach = zOf(confidence) * Math.hypot(spread, left.standardError, Math.sqrt(disagreement))
  const mean = Math.max(0, middle + left.mean)
  const inUnit = (x: number) => (root ? Math.sqrt(Math.max(0, x)) : Math.max(0, x))
  const method = `direct loss estimation, learnt from ${left.rows} outcomes`
  return { value: inUnit(mean), low: inUnit(mean - reach), high: inUnit(mean + reach), confidence, rows, method }
}

function withPrediction({ rowCount, columns }: Table, values: Float64Array): Table {
  return { rowCount, columns: new Map<string, Column>([...columns, [PREDICTION, { type: 'number', values }]]) }
}

/** Some rows of a table, in this order. */
export function takeRows({ columns }: Table, rows: Int32Array): Table {
  const take = (column: Column): Column =>
    column.type === 'text'
      ? { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) }
      : { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) }
  return { rowCount: rows.length, columns: new Map(Array.from(columns, ([name, column]) => [name, take(column)])) }
}
