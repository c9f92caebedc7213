import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFlights } from '../../../../test/fixtures/real-flights.ts'
import { manifestOf, writeFiles } from '../../../../test/fixtures/sealed-package.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { instancesOf } from '../../../kernel/table.ts'
import { openTraining } from './training-kit.ts'

const EXAMPLE = path.resolve(import.meta.dirname, '../../../../../examples/flight-delay')
let folder = ''
let environment: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-kit-'))
  const flights = await readFlights('2001-01-01', '2001-01-08', 40)
  const rows = instancesOf(flights, [...flights.columns.keys()], Array(flights.rowCount).keys())
  const contract = readFileSync(path.join(EXAMPLE, 'seaworthy.yaml'), 'utf8')
  writeFiles(folder, {
    'data.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
    'contract.json': JSON.stringify(parseContract(contract)),
    'output/.keep': '',
  })
  environment = {
    SEAWORTHY_TRAIN_DATA: path.join(folder, 'data.jsonl'),
    SEAWORTHY_TRAIN_OUTPUT: path.join(folder, 'output'),
    SEAWORTHY_TRAIN_SEED: '7',
    SEAWORTHY_TRAIN_CONTRACT: path.join(folder, 'contract.json'),
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const readOutput = (file: string) =>
  JSON.parse(readFileSync(path.join(folder, 'output', file), 'utf8')) as Record<string, unknown>

test('the data comes with the columns that the contract speaks of, others only when asked for', async () => {
  const training = await openTraining(environment)
  expect(training).toMatchObject({ seed: 7, previous: undefined, contract: { name: 'flight-delay' } })
  const table = await training.readTable()
  expect([...table.columns.keys()]).toEqual(['hour', 'weekday', 'distance', 'origin', 'destination', 'late'])
  expect(table.rowCount).toBeGreaterThan(2_000)
  expect([...(await training.readTable({ columns: ['delay'] })).columns.keys()]).toEqual(['delay'])
})

test.each([
  ['DATA', undefined, /SEAWORTHY_TRAIN_DATA is not set/],
  ['SEED', 'seven', /SEAWORTHY_TRAIN_SEED is "seven", not a whole number/],
])('a script that is started by hand is told how to start it (%s)', async (name, value, message) => {
  const { [`SEAWORTHY_TRAIN_${name}`]: _, ...rest } = environment
  const given = value === undefined ? rest : { ...rest, [`SEAWORTHY_TRAIN_${name}`]: value }
  const failure = await openTraining(given).catch((cause: unknown) => cause)
  expect(String(failure)).toMatch(message)
  expect(failure).toMatchObject({ code: 'TRAINING_NOT_STARTED', hint: expect.stringContaining('npx seaworthy train') })
})

test('a metric that is no number is refused before anything is written', async () => {
  const training = await openTraining(environment)
  const result = { model: new Uint8Array(1), metrics: { 'roc-auc': Number.NaN } }
  await expect(training.finish(result)).rejects.toThrow('The metric "roc-auc" is NaN.')
})

test('the example trains, tells how far it is, and goes on from its own package', { timeout: 30_000 }, async () => {
  const train = (more: Record<string, string> = {}) =>
    spawnSync(process.execPath, ['train.ts'], {
      cwd: EXAMPLE,
      env: { ...process.env, ...environment, ...more },
      encoding: 'utf8',
    })
  const first = train()
  expect(first.stderr).toBe('')
  expect(first.status).toBe(0)
  const marks = first.stdout.split('\n').filter((line) => line.startsWith('::progress '))
  expect(JSON.parse(marks.at(-1)!.slice('::progress '.length))).toMatchObject({ done: 240, total: 240 })
  expect(readOutput('metrics.json')).toMatchObject({ trees: 120, 'held-out-roc-auc': expect.any(Number) })
  expect(readOutput('parameters.json')).toMatchObject({ seed: 7, outcome: 'late', depthMax: 5 })

  const files = { 'model/model.onnx': readFileSync(path.join(folder, 'output/model.onnx')) }
  const previous = path.join(folder, 'previous')
  const signature = { keyId: 'k', publicKey: 'k', value: 'v' }
  writeFiles(previous, { ...files, 'manifest.json': JSON.stringify({ manifest: manifestOf(files), signature }) })
  const warm = train({ SEAWORTHY_TRAIN_PREVIOUS: previous })
  expect(warm.stdout).toContain('going on from the previous version')
  expect(readOutput('metrics.json')).toMatchObject({ trees: 160 })
})
