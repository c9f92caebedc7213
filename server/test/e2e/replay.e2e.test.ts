/**
 * More than an hour of traffic by a manual clock, through the data plane that serves and the journal that keeps: two versions,
 * two contracts, requests that share calls and requests that fill several, values that the contract replaces. Most of it is
 * Parquet when it is asked again, and the rest is not yet.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/kernel/log.ts'
import { launchVersion, type ReplayReport, replayJob, readReplayReport, replayText } from '../../src/layers/evolution/index.ts'
import {
  compactJournal,
  createJournal,
  createJournalReader,
  type Journal,
  journalFolderOf,
  type JournaledPrediction,
} from '../../src/layers/operations/index.ts'
import { createDeploymentLoader, type DeploymentLoader } from '../../src/layers/serving/index.ts'
import { createDataPlane, type DataPlane } from '../../src/layers/serving/data-plane.ts'
import { contractHistoryOf } from '../../src/main/contract-history.ts'
import { createRandom } from '../../src/stats/random.ts'
import { openRegisteredModels, SERVING } from '../fixtures/registered-models.ts'
import { treesSignature } from '../fixtures/synthetic-trees.ts'

const MINUTES = 66
const START_MS = 1_750_000_000_000
const contractOf = (origin: string) => `name: gate
serving: { on-invalid: flag }
inputs:
  hour: { type: integer, min: 0, max: 23, on-invalid: impute, impute: 12 }
  origin: { type: category, on-invalid: impute, impute: ${origin} }
output: { name: late, type: probability }
outcome: { name: late }
`

let models: Awaited<ReturnType<typeof openRegisteredModels>>
let journal: Journal
let plane: DataPlane
let loader: DeploymentLoader
let server: Server
let sent = 0
const random = createRandom(11)
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!
const categories = treesSignature.inputs[4]!.categories!

const instance = () => ({
  hour: random() < 0.1 ? 40 : Math.floor(random() * 24),
  weekday: 1 + Math.floor(random() * 7),
  month: 1 + Math.floor(random() * 12),
  distance: random() * 2_900,
  origin: random() < 0.1 ? 'nowhere' : pick(categories),
  destination: pick(categories),
})

beforeAll(async () => {
  models = await openRegisteredModels()
  await models.push({ seed: 1 })
  await models.push({ seed: 2 })
  const { clock, registry, deployments } = models.services
  const folder = path.join(models.folder, 'journal')
  const limits = { bufferBytesMax: 50_000_000, segmentBytesMax: 300_000, segmentMsMax: 600_000 }
  journal = createJournal({ folder, sync: 'interval', syncMs: 5, ...limits, clock })
  plane = createDataPlane({ ...SERVING, sink: journal, log: silentLog, clock })
  loader = createDeploymentLoader({ deployments, openVersion: registry.openVersion, dataPlane: plane, log: silentLog, clock })
  server = createServer((request, response) => void plane.handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await sail()
}, 60_000)
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await loader.stop()
  await plane.drain(1_000)
  await journal.close()
  await models.close()
})

const launch = (version: number, origin: string) =>
  launchVersion(
    { name: 'gate', model: 'trees', version, contractText: contractOf(origin), actor: 'kim', overrideReason: 'a test' },
    { ...models.services, loader, session: SERVING.session },
  )

/** A minute is a burst of requests at once; most have one instance, one of them more than fit into one call. */
async function sail(): Promise<void> {
  const { clock, sqlEngine } = models.services
  const { port } = server.address() as AddressInfo
  for (let minute = 0; minute < MINUTES; minute++) {
    if (minute === 0) await launch(1, 'A00')
    if (minute === 30) await launch(1, 'A07')
    if (minute === 40) {
      await launch(2, 'A07')
      clock.advance(1_000)
    }
    const rows = [...Array.from({ length: 10 }, () => 1), 3, 12, ...(minute % 8 === 0 ? [150] : [])]
    const replies = await Promise.all(
      rows.map(async (length) => {
        const body = JSON.stringify({ instances: Array.from({ length }, instance) })
        const response = await fetch(`http://127.0.0.1:${port}/v1/deployments/gate/predict`, { method: 'POST', body })
        return (await response.json()) as { predictions: readonly { id: string; output: { late: number } }[] }
      }),
    )
    const predictions = replies.flatMap((reply) => reply.predictions)
    sent += predictions.length
    const told = predictions.filter(() => random() < 0.6)
    await journal.recordOutcomes(
      'gate',
      told.map(({ id, output }) => ({ predictionId: id, outcome: random() < output.late ? 1 : 0 })),
    )
    clock.advance(60_000)
    if (minute !== 50) continue
    await journal.rotate()
    const of = { journal: journalFolderOf(path.join(models.folder, 'journal'), 'gate'), engine: sqlEngine, clock, log: silentLog }
    expect((await compactJournal(of)).predictions).toBe(sent)
  }
  await journal.flush()
}

const reader = () => createJournalReader({ folder: path.join(models.folder, 'journal'), engine: models.services.sqlEngine })
const servicesOf = () => ({ ...models.services, journalReader: reader(), contractHistory: contractHistoryOf(models.audit) })
type Input = Parameters<typeof replayJob.run>[0]['input']
type Context = Parameters<typeof replayJob.run>[0]

async function replay<Kind extends ReplayReport['kind']>(
  kind: Kind,
  input: Partial<Input> = {},
  context: Partial<Context> = {},
  services: Partial<ReturnType<typeof servicesOf>> = {},
) {
  const { digest } = await replayJob.run(
    {
      jobId: 'replay-1',
      input: { deployment: 'gate', limit: 100_000, ...input },
      resumeFrom: undefined,
      signal: new AbortController().signal,
      progress: async () => {},
      ...context,
    },
    { ...servicesOf(), ...services },
  )
  const report = await readReplayReport(digest, models.services.blobs)
  return { digest, report: report as Extract<ReplayReport, { kind: Kind }> }
}

test('every prediction of the hour comes out identical to the bit, whatever it shared a call with', async () => {
  const { report, digest } = await replay('exact')
  expect(report).toMatchObject({
    kind: 'exact',
    predictions: sent,
    identical: sent,
    different: 0,
    refused: 0,
    flagsDifferent: 0,
    contractsAssumed: 0,
    examples: [],
  })
  expect(report.versions.map(({ version, predictions, identical }) => [version, predictions === identical])).toEqual([
    [1, true],
    [2, true],
  ])
  expect(report.span!.to - report.span!.from).toBeGreaterThan(3_600_000)
  expect(report.span!.from).toBeGreaterThanOrEqual(START_MS - 1_000)
  expect(replayText(report).join('\n')).toMatch(/identical to the bit, 0 different/)
  expect((await replay('exact')).digest).toBe(digest)
})

test('without the contracts of that time the replaced values are others, and the report says what was assumed', async () => {
  const contractHistory = { list: async () => [] }
  const { report } = await replay('exact', {}, {}, { contractHistory })
  expect(report.contractsAssumed).toBe(sent)
  // Only what came to "nowhere" in the first half hour was replaced by another airport.
  expect(report.different + report.identical).toBe(sent)
  expect(report.examples.every(({ inputs }) => inputs.includes('nowhere'))).toBe(true)
  expect(replayText(report).at(-1)).toMatch(/is not known; the one of today was taken/)
})

test('a prediction that was written otherwise is found, with both values', async () => {
  let forged: JournaledPrediction | undefined
  const honest = reader()
  const journalReader = {
    ...honest,
    async window(query: Parameters<typeof honest.window>[0]) {
      const page = await honest.window(query)
      forged ??= { ...page.items[5]!, output: { late: 0.123456 } }
      return { ...page, items: page.items.map((item) => (item.id === forged?.id ? forged : item)) }
    },
  }
  const { report } = await replay('exact', { limit: 100 }, {}, { journalReader })
  expect(report).toMatchObject({ predictions: 100, identical: 99, different: 1 })
  const [example] = report.examples
  expect(example).toMatchObject({ id: forged!.id, answered: '{"late":0.123456}' })
  expect(example!.now).toMatch(/^\{"late":0\.\d+\}$/)
  expect(replayText(report).join('\n')).toContain(forged!.id)
})

test('on another version it counts the answers that change, by how much, where most, and who was right', async () => {
  const to = START_MS + 40 * 60_000 + 500
  const { report } = await replay('cross', { on: 2, to })
  const before: JournaledPrediction[] = []
  for (let cursor: string | undefined; ;) {
    const page = await reader().window({ deployment: 'gate', to, limit: 1_000, cursor })
    before.push(...page.items)
    if (page.next === undefined) break
    cursor = page.next
  }
  expect(report).toMatchObject({ on: 2, predictions: before.length, versions: [{ version: 1, predictions: before.length }] })
  const expected = await answersOf(2, before)
  const late = (output: unknown) => (output as { late: number }).late
  const differences = before.map(({ id, output }) => expected.get(id)! - late(output))
  const changed = before.filter(({ id, output }) => expected.get(id)! >= 0.5 !== late(output) >= 0.5).length
  expect(report.changed!.value).toBeCloseTo(changed / before.length, 12)
  const mean = differences.reduce((sum, d) => sum + d, 0) / differences.length
  expect(report.difference!.mean).toBeCloseTo(mean, 9)
  expect(report.difference!.quantiles.max).toBeCloseTo(Math.max(...differences.map(Math.abs)), 9)
  const outcomes = before.filter(({ outcome }) => outcome !== undefined).length
  expect(report.outcomes).toBe(outcomes)
  // Outcomes came true as often as version 1 had said, so version 2 is worse, and surely so.
  const logLoss = report.quality.find(({ metric }) => metric === 'log-loss')!
  expect(logLoss.rows).toBe(outcomes)
  expect(logLoss.improvement!.high).toBeLessThan(0)
  expect(report.movers.length).toBeGreaterThan(0)
  expect(report.examples).toHaveLength(10)
  expect(replayText(report).join('\n')).toMatch(/log-loss .* worse/)
})

/** What a version says of these, asked by the data plane under a name of its own. */
async function answersOf(version: number, predictions: readonly JournaledPrediction[]): Promise<Map<string, number>> {
  const { digest, signature, modelFile, sample } = await models.registry.openVersion('trees', version)
  const rulesAt = (origin: string) => ({
    serving: { 'on-invalid': 'flag' as const },
    inputs: {
      hour: { min: 0, max: 23, 'on-invalid': 'impute' as const, impute: 12 },
      origin: { 'on-invalid': 'impute' as const, impute: origin },
    },
  })
  const found = new Map<string, number>()
  const other = createDataPlane({ ...SERVING, log: silentLog })
  const web = createServer((request, response) => void other.handle(request, response))
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  for (const [origin, isMine] of [
    ['A00', (time: number) => time < START_MS + 30 * 60_000],
    ['A07', (time: number) => time >= START_MS + 30 * 60_000],
  ] as const) {
    await other.setDeployment('other', [
      {
        name: 'champion',
        share: 1,
        rules: rulesAt(origin),
        version: { model: 'trees', version, digest, signature, modelFile, sample },
      },
    ])
    const mine = predictions.filter(({ time }) => isMine(time))
    for (let at = 0; at < mine.length; at += 500) {
      const part = mine.slice(at, at + 500)
      const body = JSON.stringify({ instances: part.map(({ inputs }) => inputs) })
      const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/v1/deployments/other/predict`
      const reply = (await (await fetch(url, { method: 'POST', body })).json()) as { predictions: { output: { late: number } }[] }
      reply.predictions.forEach(({ output }, i) => found.set(part[i]!.id, output.late))
    }
  }
  web.close()
  web.closeAllConnections()
  await other.drain(100)
  return found
}

test('a replay that was stopped goes on where its last page ended, and ends with the same report', async () => {
  for (const on of [undefined, 2]) {
    const whole = await replay(on === undefined ? 'exact' : 'cross', { on })
    let kept: Context['resumeFrom']
    const stop = new AbortController()
    const progress: Context['progress'] = async ({ checkpoint }) => {
      kept = checkpoint
      stop.abort('stopping')
    }
    await expect(replay('exact', { on }, { signal: stop.signal, progress })).rejects.toBe('stopping')
    expect(kept!.seen).toBeLessThan(sent)
    const resumed = await replay('exact', { on }, { resumeFrom: kept })
    expect(resumed.digest).toBe(whole.digest)
  }
})

test('one that is cancelled leaves no file behind', async () => {
  const stop = new AbortController()
  const progress = async () => stop.abort('cancelled')
  await expect(replay('cross', { on: 2 }, { signal: stop.signal, progress, jobId: 'gone' })).rejects.toBe('cancelled')
  const { readdirSync } = await import('node:fs')
  expect(readdirSync(models.folder).filter((name) => name.startsWith('replay-'))).toEqual([])
})
