import { expect, test } from 'vitest'
import type { Column, Table } from '../../../../kernel/table.ts'
import { createRandom } from '../../../../stats/random.ts'
import { trainBoostedTrees } from '../../../model/training/trainers/boosted-trees/boosted-trees.ts'
import { measureQuality } from '../quality.ts'
import { type FitRegressor, fitDirectLoss } from './direct-loss.ts'
import { estimatorError } from './estimator-error.ts'

const LOSS = 'loss'
const byTrees: FitRegressor = (table, target) =>
  trainBoostedTrees(
    {
      rowCount: table.rowCount,
      columns: new Map<string, Column>([...table.columns, [LOSS, { type: 'number', values: target }]]),
    },
    { outcome: LOSS, objective: 'squared-error', treesMax: 60, depthMax: 4 },
  )

/** The error of the prediction grows with `rain`, which lies between `driest` and `wettest`. */
function drawn(random: () => number, rows: number, driest = 0, wettest = 1) {
  const rain = Float64Array.from({ length: rows }, () => driest + random() * (wettest - driest))
  const distance = Float64Array.from({ length: rows }, () => random() * 100)
  const noise = () => random() + random() + random() - 1.5
  const outcomes = distance.map((d, i) => 50 + d + noise() * (1 + rain[i]! * 10))
  const columns = new Map<string, Column>([
    ['rain', { type: 'number', values: rain }],
    ['distance', { type: 'number', values: distance }],
  ])
  const table: Table = { rowCount: rows, columns }
  return { table, predicted: distance.map((d) => 50 + d), outcomes }
}

test.each(['mae', 'rmse', 'mape'])('%s is foretold when the inputs become harder', { timeout: 30_000 }, async (metric) => {
  const random = createRandom(2)
  const estimator = await fitDirectLoss(drawn(random, 4_000), metric, byTrees)
  const past = Array.from({ length: 60 }, (_, i) => {
    const { table, predicted, outcomes } = drawn(random, 500, (i % 5) * 0.15, 0.4 + (i % 5) * 0.15)
    return {
      estimated: estimator.estimate(table, predicted).estimate!,
      measured: measureQuality(metric, { family: 'regression', predicted, outcomes }, 0.95).estimate!,
    }
  })
  const values = past.map(({ estimated }) => estimated.value)
  expect(Math.max(...values) / Math.min(...values)).toBeGreaterThan(1.5)
  const { coverage, bias } = estimatorError(past)!
  expect(coverage).toBeGreaterThan(0.85)
  expect(Math.abs(bias) / values[0]!).toBeLessThan(0.04)
  expect(past[0]!.estimated.method).toContain('4000 outcomes')
})

test('what is no mean over rows, and what is too little, is said', async () => {
  const reference = drawn(createRandom(3), 400)
  await expect(fitDirectLoss(reference, 'r2', byTrees)).rejects.toThrow(
    expect.objectContaining({ code: 'ESTIMATION_IMPOSSIBLE' }),
  )
  await expect(fitDirectLoss(reference, 'f1', byTrees)).rejects.toThrow(expect.objectContaining({ code: 'METRIC_UNFIT' }))
  const unknown = { ...reference, outcomes: reference.outcomes.map((y, i) => (i < 200 ? y : Number.NaN)) }
  await expect(fitDirectLoss(unknown, 'mae', byTrees)).rejects.toThrow(/200 rows with outcomes/)
  const estimator = await fitDirectLoss(reference, 'mae', byTrees)
  const few = drawn(createRandom(4), 20)
  expect(estimator.estimate(few.table, few.predicted).shortfall).toContain('20 rows')
})
