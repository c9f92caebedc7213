import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pickRows, readFlights } from '../../../../../../test/fixtures/real-flights.ts'
import type { Column, Table } from '../../../../../kernel/table.ts'
import { onnx as onnxFormat } from '../../../formats/onnx.ts'
import { onnx } from '../../../inference/runtimes/onnx.ts'
import type { TrainedModel } from '../contract.ts'
import { trainBoostedTrees } from './boosted-trees.ts'
import { encodeFeatures } from './feature-columns.ts'

/** Float32 has 24 bits; a probability from a sum of a hundred leaves keeps about twenty of them. */
const TOLERANCE = 1e-6
const COLUMNS = ['hour', 'weekday', 'distance', 'origin', 'destination']
let folder = ''
let flights: Table
let strange: Table

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-trees-'))
  flights = await readFlights('2001-01-01', '2001-01-08', 4)
  strange = withGaps(
    pickRows(
      flights,
      Array.from({ length: 5_000 }, (_, i) => i * 3),
    ),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Every third row lacks something: a number, an origin, or a destination that anyone has heard of. */
function withGaps(table: Table): Table {
  const columns = Array.from(table.columns, ([name, column], at): [string, Column] => {
    const isGap = (row: number) => row % 3 === 0 && (row / 3) % 5 === at
    if (column.type === 'text')
      return [
        name,
        {
          ...column,
          dictionary: [...column.dictionary, 'XXX'],
          codes: column.codes.map((code, row) => (isGap(row) ? (name === 'origin' ? -1 : column.dictionary.length) : code)),
        },
      ]
    return [name, { ...column, values: column.values.map((value, row) => (isGap(row) ? Number.NaN : value)) }]
  })
  return { rowCount: table.rowCount, columns: new Map(columns) }
}

async function runExported(model: TrainedModel, table: Table): Promise<ArrayLike<number>> {
  const file = path.join(folder, `${model.output.name}.onnx`)
  writeFileSync(file, model.toOnnx())
  const { metadata } = await onnxFormat.describe(file, { bytesMax: 1e9 })
  const columns = JSON.parse(metadata.get('seaworthy.columns')!) as string[]
  const categories = JSON.parse(metadata.get('seaworthy.categories')!) as Record<string, string[]>
  const data = encodeFeatures(
    table,
    columns.map((name) => ({ name, categories: categories[name] })),
  )
  const loaded = await onnx.load(file, { threads: 1, memoryArena: true })
  try {
    const outputs = await loaded.run([{ name: 'features', element: 'float32', data, dims: [table.rowCount, columns.length] }])
    return outputs.get(model.output.name)!.data as Float32Array
  } finally {
    await loaded.close()
  }
}

async function largestDifference(model: TrainedModel, table: Table): Promise<number> {
  const expected = model.predict(table)
  const found = await runExported(model, table)
  expect(found.length).toBe(table.rowCount)
  return expected.reduce((most, value, row) => Math.max(most, Math.abs(value - found[row]!)), 0)
}

test('ONNX Runtime gives the predictions of the trainer, missing values and unknown airports included', async () => {
  const model = await trainBoostedTrees(flights, { outcome: 'late', columns: COLUMNS, treesMax: 100 })
  expect(model.metrics['trees']).toBeGreaterThan(50)
  expect(await largestDifference(model, flights)).toBeLessThan(TOLERANCE)
  expect(await largestDifference(model, strange)).toBeLessThan(TOLERANCE)
})

test('so it does after training on missing values, for a number, and without any category', async () => {
  const learned = await trainBoostedTrees(strange, {
    outcome: 'late',
    columns: COLUMNS,
    treesMax: 60,
    validationShare: 0,
    childRowsMin: 1,
  })
  expect(await largestDifference(learned, strange)).toBeLessThan(TOLERANCE)
  const minutes = await trainBoostedTrees(flights, { outcome: 'delay', columns: COLUMNS, treesMax: 60 })
  // Minutes reach into the hundreds, of which float32 keeps the ten-thousandths.
  expect(await largestDifference(minutes, strange)).toBeLessThan(1e-3)
  const plain = await trainBoostedTrees(flights, { outcome: 'late', columns: ['hour', 'distance'], treesMax: 40 })
  expect(await largestDifference(plain, strange)).toBeLessThan(TOLERANCE)
})

test('a model without a single tree still says how often it happens', async () => {
  const model = await trainBoostedTrees(flights, { outcome: 'late', columns: ['hour'], treesMax: 5, gainMin: 1e9 })
  expect(model.metrics['trees']).toBe(0)
  const { length, [0]: share } = await runExported(model, flights)
  expect([length, share! > 0.15 && share! < 0.3]).toEqual([flights.rowCount, true])
  expect(await largestDifference(model, flights)).toBeLessThan(TOLERANCE)
})

test('a model that was trained on gives in ONNX what it gives here', async () => {
  const options = { outcome: 'late', columns: COLUMNS, treesMax: 20 }
  const first = await trainBoostedTrees(flights, options)
  const later = await readFlights('2001-02-01', '2001-02-08', 8)
  const warm = await trainBoostedTrees(later, options, { previous: first.toOnnx() })
  expect(warm.metrics['trees']).toBeGreaterThan(20)
  expect(await largestDifference(warm, later)).toBeLessThan(TOLERANCE)
  expect(await largestDifference(warm, strange)).toBeLessThan(TOLERANCE)
})

test('the file says what its columns are and what comes out', async () => {
  const model = await trainBoostedTrees(flights, { outcome: 'late', columns: COLUMNS, treesMax: 2 })
  const file = path.join(folder, 'told.onnx')
  writeFileSync(file, model.toOnnx())
  const described = await onnxFormat.describe(file, { bytesMax: 1e9 })
  expect(described.producer.name).toBe('seaworthy')
  expect(described.inputs.map(({ name, text }) => `${name}: ${text}`)).toEqual(['features: float32 [rows, 5]'])
  expect(described.outputs.map(({ name, text }) => `${name}: ${text}`)).toEqual(['late: float32 [rows, 1]'])
  expect(JSON.parse(described.metadata.get('seaworthy.columns')!)).toEqual(COLUMNS)
  expect(JSON.parse(described.metadata.get('seaworthy.output')!)).toEqual({ name: 'late', type: 'probability' })
  expect((JSON.parse(described.metadata.get('seaworthy.categories')!) as { origin: string[] }).origin).toContain('ORD')
})
