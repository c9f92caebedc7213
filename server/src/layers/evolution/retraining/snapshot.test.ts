import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseContract } from '../../../contract/parse-contract.ts'
import { createManualClock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import { silentLog } from '../../../kernel/log.ts'
import { instancesOf, type Table } from '../../../kernel/table.ts'
import { openFilesystemBlobs } from '../../../platform/blobs/filesystem-blobs.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'
import { readTable } from '../../../platform/tables/read-table.ts'
import type { Signature } from '../../model/index.ts'
import { compactJournal, createJournal, createJournalWindows, type Journal } from '../../operations/index.ts'
import { retrainingSpans } from './retraining-spans.ts'
import { makeSnapshot, type SnapshotServices, type SnapshotSpec } from './snapshot.ts'
import { snapshotColumns } from './snapshot-columns.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 0, 1)
const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-snapshot-'))
const engine = createSqlEngine({ memoryBytesMax: 300_000_000, tempFolder: path.join(folder, 'sql') })
const clock = createManualClock(START_MS)
const nextId = createIds(clock)
let journal: Journal
let services: SnapshotServices

const signature: Pick<Signature, 'inputs'> = {
  inputs: [
    { name: 'hour', type: 'integer', nullable: false },
    { name: 'a/b"~', type: 'number', nullable: true },
    { name: 'prediction_id', type: 'category', nullable: true },
    { name: 'night', type: 'boolean', nullable: true },
  ],
}
const contractOf = (more = '') => parseContract(`name: d\noutcome: { name: late }\n${more}`)
const columnsOf = (more = '') => {
  const columns = snapshotColumns(signature, contractOf(more))
  if ('tensor' in columns) throw new Error('no table can hold it')
  return columns
}
const spec = (more: Partial<SnapshotSpec> = {}): SnapshotSpec => ({
  deployment: 'd',
  from: START_MS,
  to: START_MS + 30 * DAY_MS,
  asOf: clock.now(),
  inputs: columnsOf(),
  outcome: 'late',
  ...more,
})

beforeAll(async () => {
  const limits = { bufferBytesMax: 50_000_000, segmentBytesMax: 50_000_000, segmentMsMax: 300 * DAY_MS }
  journal = createJournal({ folder: path.join(folder, 'journal'), sync: 'interval', syncMs: 5, clock, ...limits })
  services = {
    windows: createJournalWindows({ folder: path.join(folder, 'journal'), engine }),
    blobs: await openFilesystemBlobs(path.join(folder, 'blobs')),
    tempFolder: path.join(folder, 'work'),
  }
})
afterAll(async () => {
  await journal.close()
  engine.close()
  rmSync(folder, { recursive: true, force: true })
})

function predict(instance: Readonly<Record<string, unknown>>, deployment = 'd'): string {
  const id = nextId()
  void journal.accept({
    requestId: `r${id}`,
    ...{ deployment, model: 'm', version: 1, variant: 'champion', timeMs: clock.now(), latencyMs: 1, caller: '' },
    instances: JSON.stringify({ instances: [instance] }),
    reply: JSON.stringify({ predictions: [{ id, output: { late: 0.5 } }] }),
  })
  return id
}
const happen = (deployment: string, outcomes: readonly [string, number | string | boolean][]) =>
  journal.recordOutcomes(
    deployment,
    outcomes.map(([predictionId, outcome]) => ({ predictionId, outcome })),
  )
async function tableAt(digest: string): Promise<Table> {
  const file = path.join(folder, digest)
  await services.blobs.materialise(digest, file)
  return readTable(engine, { path: file, name: 'data.parquet' })
}
const instances = (table: Table) => instancesOf(table, [...table.columns.keys()], Array(table.rowCount).keys())
const compact = async () => {
  await journal.rotate()
  await compactJournal({ journal: path.join(folder, 'journal', 'd'), engine, clock, log: silentLog })
}

test('a snapshot holds inputs and outcome by their types, the rest is counted, and other journals are not touched', async () => {
  const whole = predict({ hour: 7, 'a/b"~': 1e3, prediction_id: 'LAS', night: true })
  const bare = predict({ hour: 8, 'a/b"~': null })
  const unusable = predict({ hour: null, night: false })
  predict({ hour: 9 })
  predict({ hour: 1 }, 'other')
  await happen('d', [
    [whole, true],
    [bare, 0],
    [unusable, 1],
  ])
  const snapshot = await makeSnapshot(spec(), services)
  expect(snapshot.counts).toEqual({ predictions: 4, withoutOutcome: 1, withoutInputs: 1, notSampled: 0, rows: 2 })
  const table = await tableAt(snapshot.data!.digest)
  expect([...table.columns].map(([name, { type }]) => [name, type])).toEqual([
    ['hour', 'integer'],
    ['a/b"~', 'number'],
    ['prediction_id', 'text'],
    ['night', 'boolean'],
    ['late', 'integer'],
  ])
  expect(instances(table)).toEqual([
    { hour: 7, 'a/b"~': 1000, prediction_id: 'LAS', night: true, late: 1 },
    { hour: 8, 'a/b"~': null, prediction_id: null, night: null, late: 0 },
  ])
  const which = instances(await tableAt(snapshot.rows!.digest))
  expect(which.map((row) => row['prediction_id'])).toEqual([whole, bare])
  expect(which[0]).toMatchObject({ version: 1, time: new Date(START_MS).toISOString() })
})

test('where the contract imputes, the row has what the model was given', async () => {
  const inputs = columnsOf('inputs: { hour: { type: integer, min: 0, max: 23, on-invalid: impute, impute: 12 } }')
  clock.advance(DAY_MS)
  const from = clock.now()
  const ids = [predict({ hour: 7 }), predict({ hour: 99 }), predict({ hour: null })]
  await happen(
    'd',
    ids.map((id): [string, string] => [id, 'a']),
  )
  const { data, counts } = await makeSnapshot(spec({ from, inputs }), services)
  expect(counts).toMatchObject({ rows: 3, withoutInputs: 0 })
  const hours = instances(await tableAt(data!.digest)).map(({ hour, late }) => [hour, late])
  expect(hours).toEqual([
    [7, 'a'],
    [12, 'a'],
    [12, 'a'],
  ])
})

test('the same snapshot is made again, byte for byte, after corrections, late outcomes, other rows and compactions', async () => {
  clock.advance(DAY_MS)
  const from = clock.now()
  const ids: string[] = []
  for (let row = 0; row < 3_000; row++) {
    if (row % 100 === 0) clock.advance(60_000)
    ids.push(predict({ hour: row % 24, 'a/b"~': row / 7, prediction_id: `O${row % 40}`, night: row % 3 === 0 }))
    if (row === 1_500) await compact()
  }
  await happen(
    'd',
    ids.slice(0, 2_500).map((id, row): [string, number] => [id, row % 2]),
  )
  const asked = spec({ from, to: clock.now(), asOf: clock.now() })
  const first = await makeSnapshot(asked, services)
  expect(first.counts.rows).toBeGreaterThan(2_000)
  clock.advance(DAY_MS)
  await happen(
    'd',
    ids.map((id): [string, number] => [id, 1]),
  )
  predict({ hour: 3 })
  expect(await makeSnapshot(asked, services)).toEqual(first)
  await compact()
  clock.advance(2 * DAY_MS)
  await compact()
  expect(await makeSnapshot(asked, services)).toEqual(first)
  const later = await makeSnapshot({ ...asked, asOf: clock.now() }, services)
  expect(later.counts.rows).toBeGreaterThan(first.counts.rows)
  expect(later.data!.digest).not.toBe(first.data!.digest)
  const sampled = await makeSnapshot({ ...asked, rowsMax: 500 }, services)
  expect(sampled.counts.rows + sampled.counts.notSampled).toBe(first.counts.rows)
  expect(sampled.counts.rows).toBeGreaterThan(400)
  expect(sampled.counts.rows).toBeLessThan(600)
  expect(await makeSnapshot({ ...asked, rowsMax: 500 }, services)).toEqual(sampled)
}, 30_000)

test('a span without rows has no data, and says so', async () => {
  const snapshot = await makeSnapshot(spec({ from: 0, to: 1 }), services)
  expect(snapshot.counts).toEqual({ predictions: 0, withoutOutcome: 0, withoutInputs: 0, notSampled: 0, rows: 0 })
  expect(snapshot.data).toBeUndefined()
})

test('the newest mature part of the span is kept back from training', () => {
  const now = START_MS
  const contract = (text: string) => contractOf(`maintenance: { ${text} }`)
  const both = contract('train: { command: x, data: last 60d }, compare: { on: last 14d, require: x }')
  const waiting = { ...both, outcome: { ...both.outcome!, 'arrives-within': '2d' } }
  const days = (ms: number) => (now - ms) / DAY_MS
  const { training, heldBack } = retrainingSpans(waiting, now)
  expect([training.from, training.to, heldBack!.from, heldBack!.to].map(days)).toEqual([62, 16, 16, 2])
  const quarter = retrainingSpans(contract('train: { command: x, data: last 40d }'), now)
  expect(days(quarter.training.to)).toBe(10)
  const pinned = retrainingSpans(contract('train: { command: x, data: last 40d }, compare: { on: evaluation, require: x }'), now)
  expect(pinned).toEqual({ training: { from: now - 40 * DAY_MS, to: now } })
  expect(() => retrainingSpans(contract('train: { command: x }'), now)).toThrow(
    '"d" cannot be retrained: maintenance.train.data: it does not say what to train on, such as last 60d.',
  )
})

test('a tensor has no column', () => {
  const inputs = [{ name: 'image', type: 'tensor' as const, nullable: false, shape: [2, 2] }]
  expect(snapshotColumns({ inputs }, contractOf())).toEqual({ tensor: 'image' })
})
