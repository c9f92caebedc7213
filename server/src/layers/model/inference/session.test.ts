import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { treesModel, treesSample, treesSignature } from '../../../../test/fixtures/synthetic-trees.ts'
import type { Column, Table } from '../../../kernel/table.ts'
import { measureBatches } from './batch-measurement.ts'
import { writeInstance } from './instance-writer.ts'
import { createScorer } from './scorer.ts'
import { loadModel, type ModelSession, type ServableVersion } from './session.ts'

const OPTIONS = { threads: 1, memoryArena: true, workerRunMsMin: 1_000, batchRowsMax: 64 }
let folder = ''
let version: ServableVersion
let here: ModelSession
let inThread: ModelSession

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-session-'))
  const modelFile = path.join(folder, 'model.onnx')
  writeFileSync(modelFile, treesModel(10, 4))
  version = { model: 'trees', version: 1, digest: 'd', signature: treesSignature, modelFile, sample: treesSample }
  here = await loadModel(version, OPTIONS)
  inThread = await loadModel(version, { ...OPTIONS, workerRunMsMin: 0 })
})
afterAll(async () => {
  await here.close()
  await inThread.close()
  rmSync(folder, { recursive: true, force: true })
})

async function outputsOf(session: ModelSession): Promise<number[]> {
  const tensors = session.createTensors(8)
  treesSample.forEach((instance, row) => writeInstance(treesSignature, session.layout, tensors, row, instance))
  const outputs = await session.model.run(tensors.tensors(8))
  return Array.from(outputs.get('prediction')!.data as Float32Array)
}

test('a model in its own thread gives the same bits as one in this thread', async () => {
  expect([here.inWorker, inThread.inWorker]).toEqual([false, true])
  const expected = await outputsOf(here)
  expect(new Set(expected).size).toBeGreaterThan(1)
  expect(await outputsOf(inThread)).toEqual(expected)
})

test('a table scores as its rows do, whatever the batch size, with unknown categories taken as missing', async () => {
  const rows = 150
  const number = (name: 'hour' | 'weekday' | 'month' | 'distance') =>
    [name, { type: 'number', values: Float64Array.from({ length: rows }, (_, i) => treesSample[i % 8]![name]) }] as const
  const text = (name: 'origin' | 'destination') =>
    [
      name,
      {
        type: 'text',
        codes: Int32Array.from({ length: rows }, (_, i) => (i === 9 ? 8 : i % 8)),
        dictionary: [...treesSample.map((instance) => instance[name]), 'nowhere'],
      },
    ] as const
  const table: Table = {
    rowCount: rows,
    columns: new Map<string, Column>([
      number('hour'),
      number('weekday'),
      number('month'),
      number('distance'),
      text('origin'),
      text('destination'),
    ]),
  }
  const seen: number[] = []
  const scored = await createScorer(here, treesSignature).score(table, { onProgress: (done) => void seen.push(done) })
  const late = scored.columns.get('late')!
  if (late.type === 'text') throw new Error('a probability is a number')
  const expected = await outputsOf(here)
  for (let row = 0; row < rows; row++) if (row !== 9) expect(late.values[row]).toBe(expected[row % 8])
  expect(seen.at(-1)).toBe(rows)
})

test('scoring stops when it is cancelled', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  const table = {
    rowCount: 1,
    columns: new Map(treesSignature.inputs.map(({ name }) => [name, { type: 'number', values: new Float64Array(1) } as const])),
  }
  await expect(createScorer(here, treesSignature).score(table, { signal })).rejects.toThrow('enough')
})

test('a table without a needed column is refused by name', async () => {
  const score = createScorer(here, treesSignature).score({ rowCount: 1, columns: new Map() })
  await expect(score).rejects.toThrow(/no column "hour"/)
})

test.each([
  ['cut short', () => treesModel().slice(0, 1_000), /whole ONNX/],
  ['empty', () => new Uint8Array(0), /whole ONNX/],
  ['a pickle', () => Buffer.from('\u0080\u0004\u0095 not a model'), /whole ONNX/],
  [
    'of a custom operator',
    () => Buffer.from(Buffer.from(treesModel(1, 1)).toString('latin1').replace('Sigmoid', 'Sigmoyd'), 'latin1'),
    /standard ONNX domains/,
  ],
])('a model file that is %s is refused with what to do', async (_, bytes, hint) => {
  const modelFile = path.join(folder, 'bad.onnx')
  writeFileSync(modelFile, bytes())
  const failure = await loadModel({ ...version, modelFile }, OPTIONS).catch((cause: unknown) => cause)
  expect(failure).toMatchObject({ code: 'MODEL_UNREADABLE', status: 422, hint: expect.stringMatching(hint) })
  expect(String(failure)).not.toContain(folder)
})

test('a signature that does not fit the graph is refused at load, not at the first request', async () => {
  const signature = { ...treesSignature, outputs: [{ ...treesSignature.outputs[0]!, graphOutput: 'score2' }] }
  await expect(loadModel({ ...version, signature }, OPTIONS)).rejects.toThrow(/no output "score2"; it has "prediction"/)
})

test('the best batch is the smallest one near the lowest cost per row', async () => {
  const costMs = new Map([1, 2, 4, 8, 16, 32].map((rows) => [rows, rows <= 8 ? 1 + rows * 0.01 : rows * 1]))
  let nowMs = 0
  const run = async (rows: number) => void (nowMs += costMs.get(rows)!)
  const best = await measureBatches(run, 32, 1_000, () => nowMs)
  expect(best.rows).toBe(8)
})

test('a closed model refuses to run and closes twice without harm', async () => {
  const session = await loadModel(version, { ...OPTIONS, workerRunMsMin: 0 })
  await session.close()
  await session.close()
  await expect(outputsOf(session)).rejects.toMatchObject({ code: 'MODEL_RUN_FAILED' })
  expect(session.model.isAlive).toBe(false)
})
