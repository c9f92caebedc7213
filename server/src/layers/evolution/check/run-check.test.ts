import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRegisteredModels } from '../../../../test/fixtures/registered-models.ts'
import { contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import type { GateResult } from './check.ts'
import { checkJob } from './check.job.ts'
import { runCheck } from './run-check.ts'

type Models = Awaited<ReturnType<typeof openRegisteredModels>>
type Flights = Awaited<ReturnType<Models['putFlights']>>
let models: Models
let flights: Flights

const CONTRACT = `
name: gate
inputs:
  hour: { type: integer, min: 0, max: 23 }
  origin: { type: category }
output: { name: late, type: probability }
outcome: { name: late }
sufficient:
  quality: { roc-auc: { min: 0.52 }, calibration-error: { max: 0.1 } }
  slices: { by: [origin], min-rows: 500, roc-auc: { min: 0.5 } }
  latency: { p99-ms: { max: 200 }, p50-ms: { max: 100 }, at-requests-per-second: 100 }
  stability: { replay-changes: { max: 0.5 } }
  explain: required
`

beforeAll(async () => {
  models = await openRegisteredModels()
  await models.push({ seed: 1, contract: CONTRACT })
  await models.push({ seed: 2 })
  flights = await models.putFlights(6_000)
})
afterAll(() => models.close())

const notes: string[] = []
const watch = { signal: new AbortController().signal, progress: async ({ note }: { note: string }) => void notes.push(note) }
const check = (request: object, more: object = {}) =>
  runCheck({ model: 'trees', version: 1, actor: 'kim', ...request }, models.services, { ...watch, ...more })
const gatesOf = async (id: string): Promise<readonly GateResult[]> => (await models.services.checks.get(id)).report.gates
const QUALITY = (bounds: string, more = '') =>
  `{ name: gate, outcome: { name: late }, sufficient: { quality: { ${bounds} }${more} } }`

test('a whole contract is measured here, and the report is signed and bound to contract and snapshot', async () => {
  const record = await check({ evaluation: flights })
  const detail = await models.services.checks.get(record.id)
  expect(detail.text.join('\n')).toContain('trees@1, on 6,000 rows')
  expect(detail.report.gates.map(({ gate, verdict }) => [gate, verdict])).toEqual([
    ['environment', 'pass'],
    ['explain', 'pass'],
    ['latency', 'pass'],
    ['latency', 'pass'],
    ['quality', 'pass'],
    ['quality', 'pass'],
    ['signature', 'pass'],
    ['slices', 'pass'],
    ['stability', 'pass'],
  ])
  expect(detail).toMatchObject({ verdict: 'pass', genuine: true, createdBy: 'kim', snapshotDigest: flights.digest })
  expect(detail.contractDigest).toBe(contractDigest(parseContract(CONTRACT)))
  expect(detail.report.machine).toMatchObject({ node: process.versions.node, onnxruntime: expect.stringMatching(/^\d/) })
  expect(notes).toEqual(expect.arrayContaining([expect.stringMatching(/of 1,000 requests/)]))
  // The package claims 0.99, and nobody believes it.
  expect(detail.report.gates.find(({ measured }) => measured === 'roc-auc')!.value).toBeLessThan(0.8)
}, 60_000)

test('a bound that is not met fails, one at which the rows cannot tell is not enough data, and the first counts more', async () => {
  const record = await check({ evaluation: flights, contractText: QUALITY('roc-auc: { min: 0.9 }, accuracy: { min: 0.1 }') })
  expect(record.verdict).toBe('fail')
  const value = (await gatesOf(record.id)).find(({ gate }) => gate === 'quality')!.value!
  const near = await check({ contractText: QUALITY(`roc-auc: { min: ${value - 0.002} }`) })
  expect(near.verdict).toBe('not-enough-data')
  const [, result] = await gatesOf(near.id)
  expect(result).toMatchObject({
    verdict: 'not-enough-data',
    rows: 6_000,
    explanation: expect.stringMatching(/rows would settle it/),
  })
})

test('the snapshot that was pinned last is used when none is brought', async () => {
  const other = await models.putFlights(1_000, 1, 9)
  await check({ evaluation: other, contractText: QUALITY('roc-auc: { min: 0.1 }') })
  expect(await check({ contractText: QUALITY('roc-auc: { min: 0.1 }') })).toMatchObject({ snapshotDigest: other.digest })
})

test('a version is held against the champion by the share of predictions that change', async () => {
  const contractText = '{ name: gate, sufficient: { stability: { replay-changes: { max: 0.01 } } } }'
  const first = await check({ contractText, evaluation: flights })
  expect((await gatesOf(first.id))[1]).toMatchObject({
    verdict: 'pass',
    explanation: expect.stringMatching(/No version serves yet/),
  })
  await models.registry.setAlias({ model: 'trees', alias: 'champion', version: 1, actor: 'kim' })
  const second = await check({ version: 2, contractText })
  const [, result] = await gatesOf(second.id)
  expect(result).toMatchObject({ verdict: 'fail', measured: 'predictions that differ from version 1', rows: 6_000 })
  expect((await gatesOf((await check({ contractText })).id))[1]).toMatchObject({
    explanation: 'This version is the champion itself.',
  })
})

test('a contract that asks for nothing still asks what the version was trained with', async () => {
  const record = await check({ version: 2, contractText: '{ name: gate }' })
  expect(record).toMatchObject({ verdict: 'pass', snapshotDigest: '0'.repeat(64) })
  const bare = await models.push({ seed: 3, environment: {} })
  expect(await check({ version: bare, contractText: '{ name: gate }' })).toMatchObject({ verdict: 'not-enough-data' })
})

test('what makes a check impossible is said, with what to do', async () => {
  await expect(check({ version: 2 })).rejects.toMatchObject({ code: 'CHECK_CONTRACT_MISSING' })
  const gone = { digest: 'f'.repeat(64), name: 'gone.csv' }
  await expect(check({ evaluation: gone })).rejects.toMatchObject({ code: 'CHECK_UPLOAD_MISSING' })
  const learnt = await models.push({ seed: 4, lineage: { snapshotDigest: flights.digest } })
  await expect(check({ version: learnt, evaluation: flights, contractText: CONTRACT })).rejects.toMatchObject({
    code: 'CHECK_DATA_SEEN',
  })
  await expect(check({ evaluation: flights, contractText: QUALITY('rmse: { max: 1 }') })).rejects.toMatchObject({
    code: 'METRIC_UNFIT',
  })
  const slices = QUALITY('roc-auc: { min: 0.1 }', ', slices: { by: [airline], roc-auc: { min: 0.5 } }')
  await expect(check({ contractText: slices })).rejects.toMatchObject({ code: 'COLUMN_ABSENT' })
  await expect(check({}, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})

test('a model without data needs none where the contract asks for none, and is told which gates do', async () => {
  const alone = await openRegisteredModels()
  try {
    await alone.push({ seed: 1 })
    const run = (contractText: string) =>
      runCheck({ model: 'trees', version: 1, actor: 'kim', contractText }, alone.services, watch)
    expect(await run('{ name: gate, sufficient: { explain: required } }')).toMatchObject({ verdict: 'pass' })
    await expect(run(CONTRACT)).rejects.toMatchObject({
      code: 'CHECK_DATA_MISSING',
      message: expect.stringMatching(/quality, slices, stability/),
    })
  } finally {
    await alone.close()
  }
})

test('the job takes what the call sends and refuses the rest', () => {
  const input = { model: 'trees', version: 1, contractText: CONTRACT, evaluation: flights, actor: 'kim' }
  expect(checkJob.input.parse(JSON.parse(JSON.stringify(input)))).toEqual(input)
  expect(checkJob.input.safeParse({ ...input, evaluation: { digest: '../x', name: 'x' } }).success).toBe(false)
})
