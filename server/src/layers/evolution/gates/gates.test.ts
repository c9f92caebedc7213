import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRegisteredModels, SERVING } from '../../../../test/fixtures/registered-models.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import type { Column, Table } from '../../../kernel/table.ts'
import { createRandom } from '../../../stats/random.ts'
import { pairOutcomes } from '../../operations/index.ts'
import type { GateResult } from '../check/check.ts'
import { withVersion } from '../check/opened-version.ts'
import { gates } from './catalog.gen.ts'
import type { Gate, GateContext } from './contract.ts'
import { environmentGate } from './environment.ts'
import { explainGate } from './explain.ts'
import { latencyGate } from './latency.ts'
import { tableOf } from './real-rows.ts'
import { signatureGate } from './signature.ts'
import { slicesGate } from './slices.ts'
import { stabilityGate } from './stability.ts'

let models: Awaited<ReturnType<typeof openRegisteredModels>>
beforeAll(async () => {
  models = await openRegisteredModels()
  await models.push({ seed: 1 })
})
afterAll(() => models.close())

const random = createRandom(3)
const ROWS = 4_000
const REGIONS = ['north', 'south', 'east', 'tiny']
/** Of 4,000 rows 5 are tiny; the rest lie in three regions. In the south the outcome has nothing to do with the score. */
const regions = Int32Array.from({ length: ROWS }, (_, i) => (i < 5 ? 3 : i % 3))
const scores = Float64Array.from({ length: ROWS }, () => random())
const outcomes = scores.map((score, i) => (random() < (regions[i] === 1 ? 0.5 : score) ? 1 : 0))
const numbers = (values: Float64Array): Column => ({ type: 'number', values })
const table: Table = {
  rowCount: ROWS,
  columns: new Map<string, Column>([
    ['region', { type: 'text', codes: regions, dictionary: REGIONS }],
    ['half', numbers(scores.map((_, i) => (i % 2 === 0 ? 1 : Number.NaN)))],
    ['late', numbers(outcomes)],
  ]),
}
const outputs: Table = { rowCount: ROWS, columns: new Map([['late', numbers(scores)]]) }
const output = { name: 'late', type: 'probability' } as const

/** What a check gives a gate, around a real version that is loaded. */
const measure = (gate: Gate, contractText: string, change: Partial<GateContext> = {}) =>
  withVersion(models.registry, { model: 'trees', version: 1 }, SERVING.session, async (loaded) => {
    const contract = parseContract(contractText)
    expect(gate.applies(contract)).toBe(true)
    return gate.measure({
      ...loaded,
      contract,
      contractText,
      environment: { language: 'python', languageVersion: '3.13', libraries: { lightgbm: '4.6.0' } },
      evaluation: { table, outputs, pairing: pairOutcomes(output, outputs, table, 'late') },
      realRows: { table: tableOf(loaded.opened.sample, loaded.opened.signature), origin: 'sample of the package' },
      serving: SERVING,
      signal: new AbortController().signal,
      note: async () => {},
      ...change,
    })
  })
const sufficient = (text: string) => `{ name: gate, outcome: { name: late }, sufficient: { ${text} } }`

const EVERYTHING = `{ name: gate, inputs: { hour: { type: integer } }, outcome: { name: late }, sufficient: { quality: { roc-auc: { min: 0.5 } }, slices: { by: [region], roc-auc: { min: 0.4 } }, latency: { p50-ms: { max: 500 }, p90-ms: { max: 0.01 }, at-requests-per-second: 400 }, stability: { replay-changes: { max: 0.1 } }, explain: required } }`

const found = new Map<string, readonly GateResult[]>()
test.each(gates.all().map((gate) => [gate.id, gate] as const))(
  'the gate %s gives results that a report can hold, under its own name, each with a sentence',
  async (id, gate) => {
    const results = await measure(gate, EVERYTHING)
    found.set(id, results)
    expect(results.length).toBeGreaterThan(0)
    for (const result of results) {
      expect(result).toMatchObject({ gate: id, verdict: expect.stringMatching(/^(pass|fail|not-enough-data)$/) })
      expect(result.explanation).toMatch(/^.{10,}\.( .*)?$/s)
      expect(JSON.parse(canonicalJson(result))).toEqual(result)
    }
  },
  120_000,
)

test('a gate that the contract does not ask for does not apply, but for the environment', () => {
  const applying = gates.all().filter((gate) => gate.applies(parseContract('name: gate')))
  expect(applying.map(({ id }) => id)).toEqual(['environment'])
})

test('a slice that is bad is named, small ones are counted, and missing values are a slice', async () => {
  const [summary, ...bad] = await measure(
    slicesGate,
    sufficient('slices: { by: [region, half], min-rows: 100, roc-auc: { min: 0.6 } }'),
  )
  expect(summary).toMatchObject({ verdict: 'fail', measured: 'roc-auc in 5 slices by region, half' })
  expect(summary!.explanation).toMatch(
    /^1 of 5 slices are not at least 0.6, 0 more .* worst: region = south 0\.\d+ \(1,33\d rows\)/,
  )
  expect(summary!.explanation).toMatch(/1 slices with fewer than 100 rows are not judged/)
  expect(bad).toMatchObject([{ measured: 'roc-auc where region = south', verdict: 'fail' }])
  const [fine] = await measure(slicesGate, sufficient('slices: { by: [half], min-rows: 100, roc-auc: { min: 0.6 } }'))
  expect(fine).toMatchObject({ verdict: 'pass', explanation: expect.stringMatching(/half missing/) })
})

test('slices are held together: of many good ones none is called bad', async () => {
  const noise = Int32Array.from({ length: ROWS }, () => Math.floor(random() * 25))
  const column: Column = { type: 'text', codes: noise, dictionary: Array.from({ length: 25 }, (_, i) => `s${i}`) }
  const cut: Table = { rowCount: ROWS, columns: new Map([...table.columns, ['noise', column]]) }
  const evaluation = { table: cut, outputs, pairing: pairOutcomes(output, outputs, cut, 'late') }
  const [summary] = await measure(slicesGate, sufficient('slices: { by: [noise], roc-auc: { min: 0.65 } }'), { evaluation })
  expect(summary!.verdict).not.toBe('fail')
  expect(summary!.method).toMatch(/99.8 % for each of 25 \(Bonferroni\)/)
})

test('slices that are all too small are not enough data', async () => {
  const [summary] = await measure(slicesGate, sufficient('slices: { by: [region], min-rows: 3000, roc-auc: { min: 0.1 } }'))
  expect(summary).toMatchObject({
    verdict: 'not-enough-data',
    explanation: expect.stringMatching(/4 slices with fewer than 3,000/),
  })
})

test('a load that this machine cannot make is not enough data, and no verdict on the version', async () => {
  const contract = sufficient('latency: { p99-ms: { max: 50 }, at-requests-per-second: 100000 }')
  const [result] = await measure(latencyGate, contract)
  expect(result).toMatchObject({ verdict: 'not-enough-data', explanation: expect.stringMatching(/requests\/s could be made/) })
}, 60_000)

test('a version that is too slow for one bound and fast enough for another is told so, with the load', () => {
  const [fast, slow] = found.get('latency')!
  expect(fast).toMatchObject({ measured: 'p50 at 400 requests/s', unit: 'ms', rows: 4_000, verdict: 'pass' })
  expect(slow!.value).toBeGreaterThan(0.05)
  expect(slow!.verdict).not.toBe('pass')
})

test('rows that the contract refuses are left out of the load, and when all are, it is said why', async () => {
  const contract = `{ name: gate, inputs: { distance: { type: number, max: 1 } }, sufficient: { latency: { p50-ms: { max: 9 }, at-requests-per-second: 50 } } }`
  const [result] = await measure(latencyGate, contract)
  expect(result).toMatchObject({ verdict: 'not-enough-data', explanation: expect.stringMatching(/422 .*distance/) })
}, 60_000)

test('a load that is cancelled stops at once and leaves no process behind', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort(new Error('enough')), 1_500)
  const run = measure(latencyGate, sufficient('latency: { p50-ms: { max: 9 }, at-requests-per-second: 50 }'), {
    signal: stop.signal,
  })
  await expect(run).rejects.toThrow('enough')
  await expect.poll(childCount, { timeout: 5_000 }).toBe(0)
}, 30_000)

/** Processes of the load that this process started; on other systems than Linux they are not counted. */
function childCount(): number {
  if (process.platform !== 'linux') return 0
  const ids = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean)
  return ids.filter((id) => commandOf(id).includes('/gates/load/')).length
}
function commandOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

test('a model that gives only a label cannot be explained', async () => {
  const label: Column = { type: 'text', codes: new Int32Array(1), dictionary: ['x'] }
  const scorer = { score: async () => ({ rowCount: 1, columns: new Map([['kind', label]]) }) }
  const [result] = await measure(explainGate, sufficient('explain: required'), { scorer })
  expect(result).toMatchObject({ verdict: 'fail', explanation: expect.stringMatching(/only a label/) })
})

test('stability is of the output that the contract names, wherever it stands among them', async () => {
  const signature = { outputs: [{ name: 'label', type: 'category' }, output] } as unknown as GateContext['opened']['signature']
  const said = (label: number, late: Float64Array): Table => ({
    rowCount: ROWS,
    columns: new Map<string, Column>([
      ['label', { type: 'text', codes: new Int32Array(ROWS).fill(label), dictionary: ['no', 'yes'] }],
      ['late', numbers(late)],
    ]),
  })
  const contract =
    '{ name: gate, output: { name: late, type: probability }, sufficient: { stability: { replay-changes: { max: 0.1 } } } }'
  const champion = { version: 7, score: async () => ({ signature, outputs: said(0, scores) }) }
  const opened = { signature, manifest: { version: 1 } } as unknown as GateContext['opened']
  const of = (label: number, late: Float64Array) =>
    measure(stabilityGate, contract, { champion, opened, evaluation: { table, outputs: said(label, late) } })
  expect(
    await of(
      0,
      scores.map((score) => 1 - score),
    ),
  ).toMatchObject([{ verdict: 'fail' }])
  expect(await of(1, scores)).toMatchObject([{ verdict: 'pass', value: 0 }])
})

test('a champion that cannot score these rows says nothing of the new version', async () => {
  const contract = sufficient('stability: { replay-changes: { max: 0.1 } }')
  const champion = { version: 7, score: () => models.registry.getVersion('trees', 7) as never }
  const [result] = await measure(stabilityGate, contract, { champion })
  expect(result).toMatchObject({ verdict: 'not-enough-data', explanation: expect.stringMatching(/champion cannot score/) })
})

test('a contract that speaks of inputs that the model does not have fails, with the one that was probably meant', async () => {
  const contract =
    '{ name: gate, inputs: { huor: { type: integer }, origin: { type: number } }, output: { name: early, type: probability } }'
  const [result] = await measure(signatureGate, contract)
  expect(result).toMatchObject({ verdict: 'fail', value: 3 })
  expect(result!.explanation).toMatch(
    /no input "huor", perhaps "hour".*"origin" is number .* category.*no output "early", it has "late"/,
  )
})

test.each([
  [{ language: 'python', languageVersion: '3.13', libraries: { lightgbm: '4.6.0' } }, 'pass', /python 3.13, lightgbm 4.6.0/],
  [{ producer: { name: 'skl2onnx', version: '1.19' } }, 'pass', /skl2onnx 1.19/],
  [{ libraries: {}, platform: 'linux' }, 'not-enough-data', /does not say/],
  [undefined, 'not-enough-data', /does not say/],
])('an environment of %j is %s', async (environment, verdict, explanation) => {
  const [result] = await measure(environmentGate, 'name: gate', { environment })
  expect(result).toMatchObject({ verdict, explanation: expect.stringMatching(explanation) })
})
