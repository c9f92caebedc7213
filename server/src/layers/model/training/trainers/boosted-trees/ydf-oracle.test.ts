import { beforeAll, expect, test } from 'vitest'
import { pickRows, readFlights } from '../../../../../../test/fixtures/real-flights.ts'
import { trainYdf, YDF_OPTIONS } from '../../../../../../test/fixtures/ydf.ts'
import type { Table } from '../../../../../kernel/table.ts'
import { meanInterval } from '../../../../../stats/mean-interval.ts'
import { rocAuc } from '../../../../../stats/roc-auc.ts'
import { trainBoostedTrees } from './boosted-trees.ts'

const COLUMNS = ['hour', 'weekday', 'distance', 'origin', 'destination']
let seen: Table
let heldBack: Table

beforeAll(async () => {
  const flights = await readFlights('2001-02-01', '2001-03-01', 8)
  const rows = [...Array(flights.rowCount).keys()]
  seen = pickRows(
    flights,
    rows.filter((row) => row % 4 !== 0),
  )
  heldBack = pickRows(
    flights,
    rows.filter((row) => row % 4 === 0),
  )
})

const outcomesOf = (name: string) => {
  const column = heldBack.columns.get(name)!
  if (column.type === 'text') throw new Error('an outcome is a number')
  return column.values
}

async function trainBoth(outcome: string): Promise<{ ours: Float64Array; theirs: Float64Array }> {
  const model = await trainBoostedTrees(seen, { ...YDF_OPTIONS, outcome, columns: COLUMNS })
  const rival = await trainYdf(seen, COLUMNS, outcome)
  const both = { ours: model.predict(heldBack), theirs: rival.predict(heldBack) }
  rival.close()
  return both
}

/** By how much our loss is higher, row by row, so that what is hard for both does not blur the comparison. */
const excess = (outcomes: Float64Array, ours: Float64Array, theirs: Float64Array, loss: (p: number, y: number) => number) =>
  meanInterval(outcomes.map((y, row) => loss(ours[row]!, y) - loss(theirs[row]!, y)))

test('probabilities of real flights are as good as those of Yggdrasil, or better', { timeout: 60_000 }, async () => {
  const { ours, theirs } = await trainBoth('late')
  const outcomes = outcomesOf('late')
  const logLoss = excess(outcomes, ours, theirs, (p, y) => -Math.log(y === 1 ? p : 1 - p))
  expect(logLoss.low).toBeLessThanOrEqual(0)
  expect(rocAuc(theirs, outcomes).value).toBeGreaterThan(0.6)
  expect(rocAuc(ours, outcomes).high).toBeGreaterThan(rocAuc(theirs, outcomes).value)
})

test('so are minutes of delay', { timeout: 60_000 }, async () => {
  const { ours, theirs } = await trainBoth('delay')
  expect(excess(outcomesOf('delay'), ours, theirs, (x, y) => (x - y) ** 2).low).toBeLessThanOrEqual(0)
})
