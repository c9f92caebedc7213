/**
 * How likely a flight is to arrive late, learned from the flights of some weeks. Run by `seaworthy train`.
 *
 * The rows come in the order of time. A model of the first four fifths is judged on the last fifth, as the future would; the
 * one that is handed over has then learned from all of them. Deeper trees and larger steps than usual do better by that
 * judgement, because a flight is an hour, an origin and a destination together.
 */
import { openTraining, rocAuc, sliceRows, trainBoostedTrees } from 'seaworthy/training'

const OUTCOME = 'late'
const OPTIONS = { outcome: OUTCOME, treesMax: 120, learningRate: 0.3, depthMax: 8, leavesMax: 128, validationShare: 0 }
/** Some weeks of one flight in twelve are a twentieth of January: shallower trees in smaller steps learn from them without luck. */
const FEW_ROWS = 150_000
const CAREFUL = { ...OPTIONS, learningRate: 0.1, depthMax: 5, leavesMax: 24 }
/** Trees that a warm training adds to those of the version before. */
const TREES_WARM = 40

const training = await openTraining()
const { previous, seed } = training
const flights = await training.readTable()
const fitting = flights.rowCount < FEW_ROWS ? CAREFUL : OPTIONS
const options = { ...fitting, seed, treesMax: previous === undefined ? fitting.treesMax : TREES_WARM }
const total = 2 * options.treesMax
console.log(`${flights.rowCount} flights, ${previous === undefined ? 'from scratch' : 'going on from the previous version'}`)

const cut = Math.floor(flights.rowCount * 0.8)
const [earlier, later] = [sliceRows(flights, 0, cut), sliceRows(flights, cut)]
const trial = await trainBoostedTrees(earlier, options, {
  previous,
  onProgress: ({ done, note }) => training.progress(done, total, `trial: ${note}`),
})
const { value: auc } = rocAuc(trial.predict(later), outcomesOf(later))
console.log(`ROC AUC ${auc.toFixed(4)} on the last ${later.rowCount} flights, which the trial has not seen`)

const model = await trainBoostedTrees(flights, options, {
  previous,
  onProgress: ({ done, note }) => training.progress(options.treesMax + done, total, note),
})
for (const [column, share] of model.importances) console.log(`${column.padEnd(12)} ${(100 * share).toFixed(0).padStart(3)} %`)
await training.finish({
  model: model.toOnnx(),
  metrics: { ...model.metrics, 'held-out-roc-auc': auc },
  parameters: model.parameters,
})

function outcomesOf(table: typeof flights): Float64Array {
  const column = table.columns.get(OUTCOME)
  if (column === undefined || column.type === 'text') throw new Error(`${OUTCOME} is not a yes or no`)
  return column.values
}
