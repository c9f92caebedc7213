/**
 * A fleet to look at, made by the real program: `flight-delay` with a fortnight of traffic whose last days are unlike its training
 * data, and a release that waits for approval; and `hotel-cancel`, which is calm, was retrained, and kept its champion. It is made
 * once and copied for each suite.
 */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Client, createClient } from '@seaworthy/api/client'
import { watchNow } from '@seaworthy/api/operations'
import { getJob } from '@seaworthy/api/platform'
import { createCaller, flightOf } from '../../server/test/fixtures/callers.ts'
import { latenessOfProject, makePast } from '../../server/test/fixtures/past-traffic.ts'
import { runWell, startProgram } from '../../server/test/fixtures/program.ts'
import { createProject } from '../../server/test/fixtures/project.ts'
import { beginRetraining } from '@seaworthy/api/retraining'

export interface Sample {
  readonly folder: string
  readonly url: string
  readonly client: Client
  /** Ends the server, and starts it again on the same port. */
  restart(whileDown: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

const DAY_MS = 86_400_000
const DAYS = 14
const DAYS_UNLIKE = 4

/** A folder with the state of a server that has stopped. */
export async function makeSample(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-sample-'))
  const run: Run = (...args) => runWell(args, { cwd: folder })
  await makeModel(folder, run, 'hotel-cancel', [6])
  await makeModel(folder, run, 'flight-delay', [8, 24])
  await run('pull', 'flight-delay@1')
  await makePast({
    ...{ folder, deployment: 'flight-delay', packageFile: 'flight-delay-1.seaworthy' },
    ...{ days: [DAYS, 1], flightsPerDay: 600, seed: 7, lateness: latenessOfProject },
    change: (flight, day) => (day > DAYS_UNLIKE ? flight : { ...flight, distance: flight.distance * 1.4, origin: 'ORD' }),
  })
  await run('pull', 'hotel-cancel@1')
  await makePast({
    ...{ folder, deployment: 'hotel-cancel', packageFile: 'hotel-cancel-1.seaworthy' },
    ...{ days: [28, 1], flightsPerDay: 150, seed: 11, lateness: latenessOfProject },
  })
  launchedBefore(folder, DAYS)
  const server = await startProgram({ cwd: folder })
  const client = createClient({ baseUrl: server.url, actor: 'mira' })
  for (const name of ['flight-delay', 'hotel-cancel']) await ask(server.url, name, 40)
  for (const deployment of ['flight-delay', 'hotel-cancel'])
    await ended(client, (await client.call(watchNow, { params: { deployment } })).job)
  const place = path.join(folder, 'hotel-cancel')
  writeFileSync(path.join(place, 'train.mts'), TRAIN)
  const again = { reason: 'a month has passed', folder: place }
  await ended(client, (await client.call(beginRetraining, { params: { deployment: 'hotel-cancel' }, body: again })).job)
  await run('launch', 'flight-delay@2')
  await server.stop()
  return folder
}

/** A server on a copy of a sample. */
export async function startSample(made: string): Promise<Sample> {
  const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-web-'))
  cpSync(made, folder, { recursive: true })
  let server = await startProgram({ cwd: folder })
  const { url } = server
  return Object.freeze<Sample>({
    folder,
    url,
    client: createClient({ baseUrl: url, actor: 'mira' }),
    async restart(whileDown) {
      await server.stop()
      await whileDown()
      server = await startProgram({ cwd: folder }, ['--port', new URL(url).port])
    },
    async close() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  })
}

/** Sends requests, one after another, the last of which fits no signature. */
export async function ask(url: string, deployment: string, requests: number): Promise<void> {
  const caller = createCaller(url, deployment)
  for (let i = 0; i < requests; i++) await caller.ask(Array.from({ length: 4 }, (_, j) => flightOf(i * 4 + j)))
  await caller.ask([{ hour: 'noon' }])
  caller.close()
}

const KIT = path.resolve(import.meta.dirname, '../../server/src/layers/model/training/training-kit.ts')
const TRAIN = `
import { openTraining, trainBoostedTrees } from ${JSON.stringify(KIT)}
const training = await openTraining()
const { previous, seed } = training
const table = await training.readTable()
console.log(previous === undefined ? 'from scratch' : 'from the version before')
const options = { outcome: 'late', treesMax: previous === undefined ? 12 : 4, seed, validationShare: 0 }
const model = await trainBoostedTrees(table, options, previous === undefined ? {} : { previous })
await training.finish({ model: model.toOnnx(), metrics: model.metrics, parameters: model.parameters })
`
const contractOf = (
  name: string,
) => `owners: { science: science@example.com, engineering: platform@example.com, business: ops@example.com }
sufficient:
  quality: { roc-auc: { min: 0.55 }, calibration-error: { max: 0.12 } }
  slices: { by: [origin], min-rows: 100, roc-auc: { min: 0.5 } }
monitoring: { window: 1d }
maintenance:
  retrain: { on: [webhook] }
  train: { command: node train.mts, data: last 28d }
  compare: { on: last 8d, require: better-with-95%-confidence }
  release: { steps: [shadow 10%, canary 25%, full], approvals: ${name === 'flight-delay' ? 1 : 0} }
  review-by: ${new Date(Date.now() + 20 * DAY_MS).toISOString().slice(0, 10)}
`

type Run = (...args: string[]) => Promise<string>

/** Versions of a model in a folder below, the first of them live. */
async function makeModel(folder: string, run: Run, name: string, rounds: readonly number[]): Promise<void> {
  const place = path.join(folder, name)
  mkdirSync(place)
  const file = (base: string) => path.join(name, base)
  for (const each of rounds) {
    await createProject(place, { name, rounds: each })
    appendFileSync(path.join(place, 'seaworthy.yaml'), contractOf(name))
    const data = ['--data', file('train.parquet'), '--evaluation', file('evaluation.parquet')]
    await run('push', file('model.onnx'), ...data, '--contract', file('seaworthy.yaml'))
  }
  for (const at of rounds.keys()) await run('check', `${name}@${at + 1}`)
  await run('launch', `${name}@1`, '--no-start')
}

/** Nobody waits a fortnight for a sample: what was launched now was launched before its past. */
function launchedBefore(folder: string, days: number): void {
  const database = new DatabaseSync(path.join(folder, '.seaworthy/metadata.sqlite'))
  const then = Date.now() - days * DAY_MS
  database.exec(`update deployment set created_at = ${then}, updated_at = ${then}`)
  database.exec(`update variant set launched_at = ${then}`)
  database.close()
}

async function ended(client: Client, job: string): Promise<void> {
  for (;;) {
    const { state, error } = await client.call(getJob, { params: { job }, query: { waitMs: 5_000 } })
    if (state === 'succeeded') return
    if (state !== 'queued' && state !== 'running') throw new Error(JSON.stringify(error))
  }
}
