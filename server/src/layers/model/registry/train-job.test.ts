import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import { silentLog } from '../../../kernel/log.ts'
import type { AuditEvent } from '../../../platform/db/audit-trail.ts'
import { openFilesystemBlobs } from '../../../platform/blobs/filesystem-blobs.ts'
import type { Database } from '../../../platform/db/database.ts'
import { DatabaseUnreachable } from '../../../platform/db/errors.ts'
import { openDatabase } from '../../../platform/db/open-database.ts'
import { createJobQueue, type JobQueue } from '../../../platform/jobs/job-queue.ts'
import { isFinished, type JobRecord } from '../../../platform/jobs/job-record.ts'
import { type AnyJob, type JobWorker, startJobWorker } from '../../../platform/jobs/job-worker.ts'
import { openSigningKey } from '../../../platform/keys/signing-key.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'
import { createRunRepository } from '../training/run-repository.ts'
import { createModelRegistry } from './model-registry.ts'
import { trainJob, type TrainServices } from './train.job.ts'

const FIXTURE = path.resolve(import.meta.dirname, '../../../../test/fixtures/synthetic-trees.ts')
/** Processes start slowly on a machine that does much else. */
const SLOW = { timeout: 30_000 }
const home = mkdtempSync(path.join(tmpdir(), 'seaworthy-train-'))
const project = path.join(home, 'project')
const events: AuditEvent[] = []
let db: Database
let queue: JobQueue
let services: TrainServices
let data: { digest: string; name: string }
let worker: JobWorker | undefined

beforeAll(async () => {
  mkdirSync(project)
  db = await openDatabase({ file: path.join(home, 'metadata.sqlite'), busyMsMax: 5_000 })
  const blobs = await openFilesystemBlobs(path.join(home, 'blobs'))
  const audit = { append: async (_: unknown, event: AuditEvent) => void events.push(event) }
  const key = await openSigningKey(path.join(home, 'keys'))
  const store = { db, blobs, key, clock: systemClock, audit, packagesFolder: path.join(home, 'packages'), bytesMax: 2 ** 28 }
  queue = createJobQueue({ db, clock: systemClock, ids: createIds() })
  services = {
    registry: createModelRegistry(store),
    runs: createRunRepository({ db, clock: systemClock, audit }),
    blobs,
    sqlEngine: createSqlEngine({ memoryBytesMax: 2 ** 28, tempFolder: path.join(home, 'sql'), threads: 1 }),
    workFolder: path.join(home, 'work'),
    environment: { ...process.env, A_TOKEN: 'hidden' },
    trainingLimits: { memoryBytesMax: 2 ** 30, msMax: 30_000, outputBytesMax: 2 ** 26 },
    modelBytesMax: 2 ** 26,
    sessionOptions: { threads: 1, memoryArena: true, workerRunMsMin: 1_000, batchRowsMax: 64 },
    log: silentLog,
  }
  const { digest } = await blobs.put(Buffer.from(rows()))
  data = { digest, name: 'flights.csv' }
})
afterEach(async () => worker?.stop())
afterAll(async () => {
  services.sqlEngine.close()
  await db.close()
  rmSync(home, { recursive: true, force: true })
})

function rows(): string {
  const lines = ['hour,weekday,month,distance,origin,destination,late']
  for (let i = 0; i < 200; i++)
    lines.push([i % 24, (i % 7) + 1, (i % 12) + 1, 200.5 + i, i % 50, (i * 3) % 50, i % 3 === 0 ? 1 : 0].join())
  return lines.join('\n')
}

const HEAD = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { env } from 'node:process'
import { treesModel } from ${JSON.stringify(FIXTURE)}
const output = env.SEAWORTHY_TRAIN_OUTPUT
const write = (metrics) => {
  writeFileSync(output + '/model.onnx', treesModel(2, 3, Number(env.SEAWORTHY_TRAIN_SEED)))
  writeFileSync(output + '/metrics.json', JSON.stringify(metrics))
  writeFileSync(output + '/parameters.json', JSON.stringify({ previous: env.SEAWORTHY_TRAIN_PREVIOUS !== undefined }))
}
`
const contractOf = (command: string) => `name: flights
output: { name: late, type: probability }
outcome: { name: late }
maintenance: { train: { command: ${command} } }
`
function startWorker(): void {
  const kinds = [trainJob] as unknown as AnyJob<TrainServices>[]
  const options = { queue, kinds, services, parallelMax: 1, leaseMs: 5_000, clock: systemClock, log: silentLog }
  worker = startJobWorker({ ...options, worker: `worker-${Math.random()}` })
}
interface Asked {
  readonly model: string
  readonly seed?: number
  readonly warm?: boolean
  readonly contract?: string
  readonly folder?: string
}
const ask = (
  script: string,
  { model, seed = 1, warm = false, contract = contractOf('node train.mts'), folder = project }: Asked,
) => {
  writeFileSync(path.join(project, 'train.mts'), HEAD + script)
  const input = { model, actor: 'ada', data, contract, folder, seed, warm }
  return queue.enqueue('model.train', input, { attemptsMax: trainJob.attemptsMax })
}
async function ended({ id }: { id: string }): Promise<JobRecord> {
  for await (const job of queue.watch(id)) if (isFinished(job.state)) return job
  throw new Error('never ended')
}
async function train(script: string, asked: Asked): Promise<JobRecord> {
  const job = await ask(script, asked)
  startWorker()
  const done = await ended(job)
  await worker?.stop()
  return done
}
const running = async (id: string): Promise<void> => {
  while (!existsSync(path.join(project, 'ready')) || (await services.runs.find(id)) === undefined) await pause(10)
}
const wait = `writeFileSync('ready', ''); setInterval(() => {}, 1000);`

test('a training becomes a version, and its run tells everything about it', SLOW, async () => {
  const script = `
    const [header, first] = readFileSync(env.SEAWORTHY_TRAIN_DATA, 'utf8').split('\\n')
    const contract = JSON.parse(readFileSync(env.SEAWORTHY_TRAIN_CONTRACT, 'utf8'))
    console.log(header, contract.outcome.name, env.A_TOKEN)
    console.log('::progress {"done":9,"total":10,"note":"almost"}')
    write({ 'roc-auc': 0.75 })
  `
  const job = await train(script, { model: 'whole', seed: 5 })
  expect(job).toMatchObject({ state: 'succeeded', result: { model: 'whole', version: 1, created: true, run: job.id } })
  const run = await services.runs.get(job.id)
  expect(run).toMatchObject({
    state: 'succeeded',
    version: 1,
    command: 'node train.mts',
    seed: 5,
    snapshotDigest: data.digest,
    metrics: { 'roc-auc': 0.75 },
    parameters: { previous: false },
    environment: { language: 'node', languageVersion: process.versions.node },
  })
  const log = (await services.blobs.read(run.logDigest!)).toString()
  expect(log).toMatch(/^hour,weekday,.*late late undefined\n/)
  const detail = await services.registry.getVersionDetail('whole', 1)
  expect(detail).toMatchObject({
    runId: job.id,
    metrics: run.metrics,
    lineage: { runId: job.id, seed: 5, snapshotDigest: data.digest },
  })
  expect(detail.contractText).toContain('node train.mts')
  expect(events.filter(({ action }) => action.startsWith('run.')).map(({ action, actor }) => [action, actor])).toEqual([
    ['run.begin', 'ada'],
    ['run.end', 'ada'],
  ])
})

test('a warm training starts from the newest version, and from scratch with a warning where there is none', SLOW, async () => {
  const script = `
    const previous = env.SEAWORTHY_TRAIN_PREVIOUS
    write({ previous: previous && existsSync(previous + '/manifest.json') ? 1 : 0 })
    if (previous) writeFileSync(previous + '/model/model.onnx', 'spoilt')
  `
  const first = await train(script, { model: 'warm', warm: true })
  expect(first.result).toMatchObject({ version: 1, warnings: expect.arrayContaining([expect.stringContaining('from scratch')]) })
  const second = await train(script, { model: 'warm', warm: true, seed: 2 })
  expect(second.result).toMatchObject({ version: 2 })
  expect(await services.runs.get(second.id)).toMatchObject({ parentVersion: 1, metrics: { previous: 1 } })
  expect(await services.registry.getVersionDetail('warm', 2)).toMatchObject({ lineage: { parentVersion: 1 } })
  await expect(services.registry.openVersion('warm', 1)).resolves.toMatchObject({ manifest: { version: 1 } })
})

test('a training that fails leaves a run that says why, with its log, and no version', SLOW, async () => {
  const job = await train(`console.error('no convergence'); process.exit(4)`, { model: 'broken' })
  expect(job).toMatchObject({ state: 'failed', error: { code: 'TRAINING_FAILED' }, attempt: 1 })
  const run = await services.runs.get(job.id)
  expect(run).toMatchObject({ state: 'failed', failure: { code: 'TRAINING_FAILED', message: job.error?.message } })
  expect((await services.blobs.read(run.logDigest!)).toString()).toBe('no convergence\n')
  const bad = await train(`write({}); writeFileSync(output + '/model.onnx', 'no model')`, { model: 'broken' })
  expect(bad).toMatchObject({ state: 'failed', error: { code: expect.stringMatching(/^MODEL_/) } })
  expect(await services.runs.get(bad.id)).toMatchObject({ state: 'failed', failure: { code: bad.error?.code } })
  await expect(services.registry.getModel('broken')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
  expect(readdirSync(path.join(home, 'work', 'runs'))).toEqual([])
})

test('what cannot be begun makes no run', SLOW, async () => {
  const refused: [Partial<Asked>, string][] = [
    [{ contract: 'name: flights\n' }, 'TRAIN_COMMAND_MISSING'],
    [{ contract: contractOf("'node train.mts && rm -rf /'") }, 'TRAIN_COMMAND_UNCLEAR'],
    [{ contract: 'nme: x\n' }, 'CONTRACT_INVALID'],
    [{ folder: 'project' }, 'TRAIN_FOLDER_UNUSABLE'],
    [{ folder: path.join(home, 'nowhere') }, 'TRAIN_FOLDER_UNUSABLE'],
    [{ folder: path.join(project, 'train.mts') }, 'TRAIN_FOLDER_UNUSABLE'],
  ]
  for (const [asked, code] of refused) {
    const job = await train('', { model: 'never', ...asked })
    expect(job, code).toMatchObject({ state: 'failed', error: { code } })
    expect(await services.runs.find(job.id)).toBeUndefined()
  }
})

test('a training that is cancelled ends, and its run says so', SLOW, async () => {
  const job = await ask(wait, { model: 'cancelled' })
  startWorker()
  await running(job.id)
  await queue.cancel(job.id)
  expect(await ended(job)).toMatchObject({ state: 'cancelled' })
  expect(await services.runs.get(job.id)).toMatchObject({ state: 'cancelled' })
  rmSync(path.join(project, 'ready'))
})

test('a training that a stopping program gave back begins anew as the same run', SLOW, async () => {
  const job = await ask(`if (!existsSync('ready')) { ${wait} } else write({})`, { model: 'resumed' })
  startWorker()
  await running(job.id)
  await worker?.stop()
  expect(await services.runs.get(job.id)).toMatchObject({ state: 'queued' })
  startWorker()
  expect(await ended(job)).toMatchObject({ state: 'succeeded', result: { version: 1, run: job.id } })
  const run = await services.runs.get(job.id)
  expect((await services.blobs.read(run.logDigest!)).toString()).toContain('beginning anew')
  rmSync(path.join(project, 'ready'))
})

test('an attempt that died after its version was made does not make a second', SLOW, async () => {
  const job = await train('write({ a: 1 })', { model: 'once' })
  const again = {
    jobId: job.id,
    input: trainJob.input.parse(job.input),
    resumeFrom: undefined,
    signal: new AbortController().signal,
  }
  const rerun = () => trainJob.run({ ...again, progress: async () => {} }, services)
  expect(await rerun()).toMatchObject({ version: 1, run: job.id })
  await db.kysely.updateTable('job').set({ state: 'running' }).where('id', '=', job.id).execute()
  await db.kysely.updateTable('run').set({ state: 'running', metrics: '{}' }).where('id', '=', job.id).execute()
  expect(await rerun()).toMatchObject({ version: 1, run: job.id })
  expect(await services.runs.get(job.id)).toMatchObject({ state: 'succeeded', version: 1, metrics: { a: 1 } })
  expect((await services.registry.getModel('once')).versionLast).toBe(1)
})

test('a database that is away for a moment does not end a run', SLOW, async () => {
  const { runs } = services
  let isAway = true
  const succeed: typeof runs.succeed = async (...of) => {
    if (!isAway) return runs.succeed(...of)
    isAway = false
    throw new DatabaseUnreachable({ address: 'db:5432', explanation: 'it restarts' })
  }
  services = { ...services, runs: { ...runs, succeed } }
  try {
    const job = await train('write({})', { model: 'away' })
    expect(job).toMatchObject({ state: 'succeeded', result: { version: 1 } })
    expect(await runs.get(job.id)).toMatchObject({ state: 'succeeded', version: 1 })
  } finally {
    services = { ...services, runs }
  }
})
