/** What the pages of the web interface ask for, on a server with traffic. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Client, createClient } from '@seaworthy/api/client'
import { changeContract, getContract, getOutlook, listApprovals, validateContract } from '@seaworthy/api/contract'
import type { ChangeEvent } from '@seaworthy/api/events'
import { getFindingSeries, getProfile, getProfileColumn } from '@seaworthy/api/history'
import { listRuns, readRunOutput } from '@seaworthy/api/model'
import { getPrediction, listPredictions, watchNow } from '@seaworthy/api/operations'
import { getJob } from '@seaworthy/api/platform'
import { approveRelease, promoteRelease } from '@seaworthy/api/release'
import { replayPrediction } from '@seaworthy/api/replay'
import { launchDeployment } from '@seaworthy/api/serving'
import { getFleet, getTraffic } from '@seaworthy/api/traffic'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCaller, flightOf } from '../fixtures/callers.ts'
import { outputOf, type RunningProgram, runWell, spawnProgram, startProgram } from '../fixtures/program.ts'
import { createProject } from '../fixtures/project.ts'

const env = { SEAWORTHY_JOURNAL_SYNC: 'always' }
let folder: string
let server: RunningProgram
let client: Client

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-pages-'))
  await createProject(folder, { name: 'ferry' })
  await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder })
  server = await startProgram({ cwd: folder, env })
  client = createClient({ baseUrl: server.url, actor: 'kim' })
}, 120_000)
afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const contract = () =>
  `${readFileSync(path.join(folder, 'seaworthy.yaml'), 'utf8')}monitoring: { window: 1s }\nmaintenance: { release: { steps: [full] }, review-by: 2027-06-01 }\n`
const launch = () =>
  client.call(launchDeployment, {
    params: { deployment: 'ferry' },
    body: { model: 'ferry', version: 1, contract: contract(), override: 'a test' },
  })

interface Told extends ChangeEvent {
  readonly id: string
}
/** Reads the stream until an event is the one that is looked for; gives all of them. */
async function readEvents(response: Response, isLast: (told: Told) => boolean): Promise<readonly Told[]> {
  const seen: Told[] = []
  let text = ''
  const reader = response.body!.getReader()
  while (!seen.some(isLast)) {
    const { value, done } = await reader.read()
    if (done) throw new Error(`the stream ended: ${JSON.stringify(seen)}`)
    text += new TextDecoder().decode(value)
    const blocks = text.split('\n\n')
    text = blocks.pop()!
    for (const block of blocks) {
      const found = /^id: (.+)\ndata: (.+)$/.exec(block)
      if (found !== null) seen.push({ id: found[1]!, ...(JSON.parse(found[2]!) as ChangeEvent) })
    }
  }
  await reader.cancel()
  return seen
}

test('each step shows up on one stream of events, and a connection that broke goes on where it was', async () => {
  const first = await fetch(`${server.url}/v1/events`)
  expect(first.headers.get('content-type')).toContain('text/event-stream')
  await launch()
  const told = await readEvents(first, ({ topic, subject }) => topic === 'deployments' && subject === 'ferry')
  expect(told).toContainEqual(expect.objectContaining({ topic: 'deployments', deployment: 'ferry', actor: 'kim' }))
  const { id } = told.at(-1)!
  const caller = createCaller(server.url, 'ferry')
  const again = await fetch(`${server.url}/v1/events`, { headers: { 'last-event-id': id } })
  await runWell(['alias', 'ferry@1', 'best'], { cwd: folder, env })
  await caller.ask(Array.from({ length: 20 }, (_, i) => flightOf(i)))
  caller.close()
  const more = await readEvents(again, ({ topic }) => topic === 'traffic')
  expect(more.some(({ topic, action }) => topic === 'models' && action === 'alias.set')).toBe(true)
  expect(more.find(({ traffic }) => traffic !== undefined)?.traffic?.versions[0]).toMatchObject({
    version: 1,
    role: 'answer',
    failures: 0,
  })
  const late = await fetch(`${server.url}/v1/events?after=other-3`)
  await readEvents(late, ({ topic }) => topic === 'resync')
}, 60_000)

test('the fleet tells at a glance how a deployment is, and its traffic by version', async () => {
  const caller = createCaller(server.url, 'ferry')
  for (let i = 0; i < 10; i++) await caller.ask([flightOf(i)])
  await caller.ask([{ hour: 'noon' }])
  caller.close()
  await new Promise((resolve) => setTimeout(resolve, 1_200))
  const { items } = await client.call(getFleet)
  expect(items).toHaveLength(1)
  const [ferry] = items
  expect(ferry).toMatchObject({
    deployment: { name: 'ferry', state: 'live', variants: [{ name: 'champion', version: 1 }] },
    purpose: 'Tell a test whether a flight is late.',
    incidents: { critical: 0, warning: 0, unacknowledged: 0 },
    contract: { override: 'a test', reviewBy: '2027-06-01' },
    needs: [],
  })
  expect(ferry!.traffic.requestsLastHour).toBeGreaterThanOrEqual(11)
  expect(ferry!.traffic.perSecond).toBeGreaterThan(0)
  expect(ferry!.traffic.p99Ms).toBeGreaterThan(0)
  const traffic = await client.call(getTraffic, { params: { deployment: 'ferry' } })
  expect(traffic.times.length).toBeLessThanOrEqual(2_000)
  const [series] = traffic.versions
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  expect([sum(series!.requests), sum(series!.invalid), sum(series!.failures)]).toEqual([12, 1, 0])
  expect(sum(series!.latencies)).toBe(11)
  expect(sum(traffic.now[0]!.batches)).toBeGreaterThanOrEqual(11)
}, 60_000)

const ferry = { deployment: 'ferry' }
async function done(job: string): Promise<unknown> {
  for (;;) {
    const { state, result, error } = await client.call(getJob, { params: { job }, query: { waitMs: 5_000 } })
    if (state === 'succeeded') return result
    if (state === 'failed' || state === 'cancelled') throw new Error(JSON.stringify(error))
  }
}

test('any span is profiled, compared and drawn over time', async () => {
  const startMs = Date.now()
  const caller = createCaller(server.url, 'ferry')
  await caller.ask(Array.from({ length: 200 }, (_, i) => ({ ...flightOf(i), distance: 4_000 })))
  caller.close()
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  await done((await client.call(watchNow, { params: ferry })).job)
  const { windows, series, marks } = await client.call(getFindingSeries, { params: ferry, query: { limit: 1_000 } })
  const at = windows.findIndex(({ rows }) => rows >= 200)
  const distance = series.find(({ subject }) => subject === 'distance')!
  expect(distance.states[at]).toBe('breach')
  expect(distance.values[at]!).toBeGreaterThan(distance.bounds[at]!)
  expect(distance.values).toHaveLength(windows.length)
  expect(marks).toEqual([expect.objectContaining({ version: 1, how: 'launch', by: 'kim' })])
  const { from, to } = windows[at]!
  const profile = await client.call(getProfile, { params: ferry, query: { from, to } })
  expect([profile.source, profile.rows, profile.windows]).toEqual(['windows', windows[at]!.rows, 1])
  expect(profile.columns.find(({ name }) => name === 'distance')).toMatchObject({
    numbers: { max: 4_000 },
    verdict: { verdict: 'drift' },
  })
  const column = await client.call(getProfileColumn, { params: { ...ferry, column: 'origin' }, query: { from, to } })
  expect(
    column.bins
      .map(({ kind }) => kind)
      .toSorted()
      .at(-1),
  ).toBe('wrong-type')
  expect(column.bins.reduce((sum, { window }) => sum + window, 0)).toBe(windows[at]!.rows)
  const slice = { from: startMs, to: Date.now(), slice: 'origin=ORD' }
  const sliced = await client.call(getProfileColumn, {
    params: { ...ferry, column: 'hour' },
    query: { ...slice, against: `${startMs - 60_000}..${startMs}` },
  })
  expect([sliced.source, sliced.rowsOf.window]).toEqual(['journal', 67])
  expect(sliced.rowsOf.reference).toBeGreaterThan(0)
  await expect(client.call(getProfileColumn, { params: { ...ferry, column: 'height' } })).rejects.toThrow(
    'There is no column "height"',
  )
}, 60_000)

test('predictions are found by slice, version and score', async () => {
  const query = { slice: 'origin=ORD,distance=4000', scoreMin: 0, scoreMax: 1, version: 1, limit: 10 }
  const { items, next } = await client.call(listPredictions, { params: ferry, query })
  expect([items.length, next === undefined]).toEqual([10, false])
  expect(items.every(({ inputs }) => inputs['origin'] === 'ORD' && inputs['distance'] === 4_000)).toBe(true)
  expect((await client.call(listPredictions, { params: ferry, query: { scoreMin: 1.1 } })).items).toEqual([])
  const { id } = items[0]!
  expect(await client.call(getPrediction, { params: { ...ferry, prediction: id } })).toEqual(items[0])
  await expect(client.call(listPredictions, { params: ferry, query: { slice: '=x' } })).rejects.toThrow('no part of a slice')
}, 60_000)

test('a contract is read, held against another text, and changed; and a change of traffic is told before it is done', async () => {
  const outlook = (action: 'rollback' | 'promote') => client.call(getOutlook, { params: ferry, query: { action } })
  expect(await outlook('rollback')).toMatchObject({
    possible: false,
    explanation: expect.stringContaining('no version was champion'),
  })
  const wrong = await client.call(validateContract, { body: { contract: 'name: ferry\nservng: {}\n' } })
  expect(wrong).toMatchObject({ valid: false, problems: [{ line: 2, column: 1, path: 'servng' }] })
  const text = contract().replace('2027-06-01', '2027-07-01')
  const right = await client.call(validateContract, { body: { contract: text, deployment: 'ferry' } })
  expect(right.differences).toEqual([{ path: 'maintenance.review-by', before: '2027-06-01', after: '2027-07-01' }])
  const change = { contract: text, reason: 'later' }
  await expect(client.call(changeContract, { params: ferry, body: change })).rejects.toThrow('may not go live')
  await client.call(changeContract, { params: ferry, body: { ...change, override: 'a test' } })
  const { agreements } = await client.call(getContract, { params: ferry })
  expect(agreements.map(({ by, reason, differences }) => [by, reason, differences.length])).toEqual([
    ['kim', 'later', 1],
    ['kim', 'a test', 0],
  ])
  await createProject(folder, { name: 'ferry', rounds: 9 })
  await runWell(['push', 'model.onnx', '--data', 'train.parquet'], { cwd: folder, env })
  const steps = text.replace('steps: [full]', 'steps: [canary 10%, full], approvals: 1')
  const body = { model: 'ferry', version: 2, contract: steps, override: 'a test' }
  await client.call(launchDeployment, { params: ferry, body })
  const { items } = await client.call(listApprovals)
  expect(items).toMatchObject([{ left: 1, mayApprove: false, release: { version: 2, champion: 1 } }])
  expect(items[0]!.differences.map(({ path: at }) => at)).toEqual(['maintenance.release.steps', 'maintenance.release.approvals'])
  const lee = createClient({ baseUrl: server.url, actor: 'lee' })
  expect((await lee.call(listApprovals)).items[0]?.mayApprove).toBe(true)
  const { items: fleet } = await client.call(getFleet)
  expect(fleet[0]?.needs).toMatchObject([{ kind: 'approval' }])
  await lee.call(approveRelease, { params: { release: items[0]!.release.id }, body: {} })
  expect(await outlook('promote')).toMatchObject({ possible: true, from: 1, to: 2, skips: ['full'] })
  await client.call(promoteRelease, { params: { release: 'ferry' }, body: { reason: 'a test' } })
  expect(await outlook('rollback')).toMatchObject({ possible: true, from: 2, to: 1, atOnce: true, former: [1] })
}, 60_000)

test('one prediction is asked again on the version that made it, and on another', async () => {
  const { items } = await client.call(listPredictions, { params: ferry, query: { version: 1, limit: 1 } })
  const params = { ...ferry, prediction: items[0]!.id }
  const same = await client.call(replayPrediction, { params, body: {} })
  expect(same).toMatchObject({ version: 1, identical: true, output: items[0]!.output, answered: items[0]!.output })
  const other = await client.call(replayPrediction, { params, body: { on: 2 } })
  expect(other).toMatchObject({ version: 2, identical: false, answered: items[0]!.output })
  await expect(client.call(replayPrediction, { params, body: { on: 9 } })).rejects.toThrow('ferry@9')
}, 60_000)

test('what a training prints is read while it runs, and afterwards', async () => {
  const go = path.join(folder, 'go')
  const script = `
    const { copyFileSync, existsSync, writeFileSync } = require('node:fs')
    console.log('epoch 1 \u{1f6a2}')
    const wait = setInterval(() => {
      if (!existsSync('go')) return
      clearInterval(wait)
      console.log('epoch 2')
      const output = process.env.SEAWORTHY_TRAIN_OUTPUT
      copyFileSync('model.onnx', output + '/model.onnx')
      writeFileSync(output + '/metrics.json', '{}')
    }, 20)`
  writeFileSync(path.join(folder, 'train.cjs'), script)
  const file = path.join(folder, 'train.yaml')
  writeFileSync(
    file,
    `${readFileSync(path.join(folder, 'seaworthy.yaml'), 'utf8')}maintenance: { train: { command: node train.cjs } }\n`,
  )
  const training = outputOf(spawnProgram(['train', '--data', 'train.parquet', '--contract', 'train.yaml'], { cwd: folder, env }))
  let run: string | undefined
  while (run === undefined) run = (await client.call(listRuns, { params: { model: 'ferry' } })).items[0]?.id
  let [text, from] = ['', 0]
  const read = async () => {
    const piece = await client.call(readRunOutput, { params: { run: run! }, query: { from, waitMs: 5_000 } })
    ;[text, from] = [text + piece.text, piece.next]
    return piece
  }
  while (!text.includes('epoch 1')) expect(await read()).toMatchObject({ isLive: true, state: 'running' })
  expect([text, existsSync(go)]).toEqual([expect.stringContaining('epoch 1 \u{1f6a2}\n'), false])
  writeFileSync(go, '')
  expect(await training).toMatchObject({ code: 0 })
  expect(await read()).toMatchObject({ isLive: false, state: 'succeeded' })
  expect(text).toMatch(/epoch 1 .*\nepoch 2\n$/s)
}, 60_000)
