import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRegisteredModels } from '../../../../test/fixtures/registered-models.ts'
import { contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createJournal, createJournalWindows, createOpenIncidents, type Journal } from '../../operations/index.ts'
import { createJobQueue, type JobQueue } from '../../../platform/jobs/job-queue.ts'
import { askTriggers } from './ask-triggers.ts'
import { requestRetraining } from './begin-retraining.ts'
import type { RetrainingDecision, RetrainingKeeper } from './retraining.ts'
import { createRelease } from '../release/release-changes.ts'
import { createReleaseRepository } from '../release/release-repository.ts'
import { createRetrainingRepository } from './retraining-repository.ts'
import { retrainingWatchJob, type WatchServices } from './watch.job.ts'

const DAY_MS = 86_400_000
const contractOf = (on: string, more = '') => `name: d
outcome: { name: late }
maintenance:
  retrain: { every: 30d, on: [${on}] }
  train: { command: node train.ts, data: last 60d }
  compare: { on: last 14d, require: better-with-95%-confidence }
${more}`

let models: Awaited<ReturnType<typeof openRegisteredModels>>
let journal: Journal
let queue: JobQueue
let retrainings: RetrainingKeeper
let services: WatchServices
beforeEach(async () => {
  models = await openRegisteredModels()
  await models.push({ seed: 1 })
  const { clock, ids, deployments, registry } = models.services
  const folder = `${models.folder}/journal`
  const limits = { bufferBytesMax: 5_000_000, segmentBytesMax: 5_000_000, segmentMsMax: 300 * DAY_MS }
  journal = createJournal({ folder, sync: 'interval', syncMs: 5, clock, ...limits })
  queue = createJobQueue({ db: models.db, clock, ids })
  retrainings = createRetrainingRepository({ db: models.db, clock, audit: { append: async () => {} } })
  services = {
    ...{ retrainings, deployments, registry, clock, queue, log: silentLog, projectFolder: '/project' },
    windows: createJournalWindows({ folder, engine: models.services.sqlEngine }),
    incidents: createOpenIncidents(models.db),
    openReleases: createReleaseRepository(models.db),
  }
})
afterEach(async () => {
  await journal.close()
  await models.close()
})

const launch = (contractText: string) =>
  models.services.deployments.launch({
    ...{ name: 'd', model: 'trees', version: 1, target: 'local', contractText, actor: 'kim' },
    contractDigest: contractDigest(parseContract(contractText)),
    overrideReason: 'a test',
  })
const ask = async (via?: 'manual' | 'webhook') =>
  askTriggers(
    await models.services.deployments.get('d'),
    services,
    via === undefined ? undefined : { via, actor: 'kim', reason: undefined },
  )
const answerOf = async (id: string) => (await ask()).triggers.find((trigger) => trigger.id === id)
const request = (via: 'manual' | 'webhook') => requestRetraining({ deployment: 'd', via, actor: 'kim' }, services)
const watch = () =>
  retrainingWatchJob.run(
    { jobId: 'w', input: {}, resumeFrom: undefined, signal: new AbortController().signal, progress: async () => {} },
    services,
  )
/** A retraining that began now and came to this decision. */
async function decide(decision: RetrainingDecision): Promise<void> {
  const id = await request('manual')
  await retrainings.advance(id, 'waiting', 'done', { decision })
  await queue.cancel(id)
}
async function openIncident(id: number, kind: string): Promise<void> {
  const now = models.services.clock.now()
  await models.db.kysely
    .insertInto('incident')
    .values({
      ...{
        id,
        uid: `u${id}`,
        deployment: 'd',
        state: 'open',
        severity: 'warning',
        title: `${kind} of hour`,
        suggested_action: 'look',
      },
      ...{
        channels: '[]',
        changes: '[]',
        since: now,
        onset_to: now,
        window_from: now,
        window_to: now,
        opened_at: now,
        updated_at: now,
      },
      code_version: '1',
    } as never)
    .execute()
  await models.db.kysely
    .insertInto('incident_finding')
    .values({ incident: id, key: 'k', role: 'cause', since: now, finding: JSON.stringify({ kind, subject: 'hour' }) } as never)
    .execute()
}

test('time alone makes a retraining due, counted from the launch and then from the last one', async () => {
  await launch(contractOf(''))
  expect(await answerOf('schedule')).toMatchObject({ due: false, reason: expect.stringMatching(/^every 30d; next at 2025-/) })
  models.services.clock.advance(30 * DAY_MS)
  expect(await ask()).toMatchObject({ due: true, obstacles: [], triggers: [{ id: 'schedule', due: true }, {}] })
  await decide('kept')
  expect(await answerOf('schedule')).toMatchObject({ due: false })
})

test('an incident is answered once; a new one, or one that could not be settled, is news', async () => {
  const { clock } = models.services
  await launch(contractOf('drift, quality'))
  expect(await answerOf('drift')).toMatchObject({ due: false, reason: 'no open incident about drift' })
  await openIncident(1, 'drift')
  expect(await answerOf('drift')).toMatchObject({ due: true, reason: 'incident 1: drift of hour', numbers: { incident: 1 } })
  expect(await answerOf('quality')).toMatchObject({ due: false })
  clock.advance(1_000)
  await decide('not-enough-data')
  clock.advance(2 * DAY_MS)
  expect(await ask()).toMatchObject({ due: true })
  await decide('kept')
  clock.advance(2 * DAY_MS)
  expect(await answerOf('drift')).toMatchObject({
    due: false,
    reason: 'a retraining has answered incident 1 already: drift of hour',
  })
  await openIncident(2, 'quality')
  expect(await answerOf('quality')).toMatchObject({ due: true })
})

test('outcomes that were told since the last one are counted', async () => {
  await launch(contractOf('3-new-outcomes, 1k-new-outcomes'))
  models.services.clock.advance(1_000)
  const tell = (...ids: string[]) =>
    journal.recordOutcomes(
      'd',
      ids.map((predictionId) => ({ predictionId, outcome: 1 })),
    )
  await tell('a', 'b', 'a')
  expect(await answerOf('new-outcomes')).toMatchObject({
    due: false,
    reason: expect.stringMatching(/^2 new outcomes since .*, of 3$/),
  })
  await tell('c')
  expect(await answerOf('new-outcomes')).toMatchObject({ due: true, numbers: { outcomes: 3, wanted: 3 } })
})

test('the watch begins one when a trigger is due, one at a time, and pauses for a day after it', async () => {
  const { clock } = models.services
  await launch(contractOf('drift, webhook'))
  expect(await watch()).toEqual({ begun: [] })
  clock.advance(31 * DAY_MS)
  const { begun } = await watch()
  const record = await retrainings.get(begun[0]!)
  expect(record).toMatchObject({
    state: 'waiting',
    trigger: 'schedule',
    champion: 1,
    folder: '/project',
    createdBy: 'trigger/schedule',
  })
  expect(await queue.get(record.id)).toMatchObject({ kind: 'retraining.run', state: 'queued' })
  expect(await watch()).toEqual({ begun: [] })
  await expect(request('manual')).rejects.toMatchObject({ code: 'RETRAINING_RUNNING' })
  expect((await ask()).obstacles).toMatchObject([{ kind: 'running' }])

  await retrainings.advance(record.id, 'waiting', 'failed', { failure: { code: 'X', message: 'x' } })
  await queue.cancel(record.id)
  expect(await ask()).toMatchObject({
    due: false,
    obstacles: [{ kind: 'cool-down' }],
    triggers: [{ id: 'schedule', due: true }, {}, {}, {}],
  })
  expect(await watch()).toEqual({ begun: [] })
  await expect(request('webhook')).rejects.toThrow(/triggers wait a day/)
  const again = await request('manual')
  expect(await retrainings.get(again)).toMatchObject({ trigger: 'manual', reason: 'kim asked for it' })
})

test('nothing is retrained while a release is under way, also while it waits for approval', async () => {
  await models.push({ seed: 2 })
  await launch(contractOf(''))
  models.services.clock.advance(31 * DAY_MS)
  const { contractText, contractDigest: digest } = await models.services.deployments.get('d')
  const release = { deployment: 'd', model: 'trees', version: 2, champion: 1, steps: ['full'], approvalsNeeded: 1, actor: 'kim' }
  await createRelease({ ...release, contractText, contractDigest: digest }, models.services)
  expect(await ask()).toMatchObject({ due: false, obstacles: [{ kind: 'releasing' }] })
  expect(await watch()).toEqual({ begun: [] })
})

test('a journal that cannot be counted for one deployment keeps no other waiting', async () => {
  await launch(contractOf('3-new-outcomes'))
  await models.services.deployments.launch({
    ...{ name: 'e', model: 'trees', version: 1, target: 'local', actor: 'kim', overrideReason: 'a test' },
    ...{ contractText: contractOf('3-new-outcomes').replace('name: d', 'name: e'), contractDigest: 'e' },
  })
  models.services.clock.advance(31 * DAY_MS)
  const countOutcomes: WatchServices['windows']['countOutcomes'] = (query) =>
    query.deployment === 'd' ? Promise.reject(new Error('IO Error: no such segment')) : Promise.resolve(5)
  const errors: unknown[] = []
  const log = { ...silentLog, error: (_: string, fields?: object) => void errors.push(fields) }
  Object.assign(services, { windows: { countOutcomes }, log })
  const { begun } = await watch()
  expect((await retrainings.get(begun[0]!)).deployment).toBe('e')
  expect(errors).toMatchObject([{ deployment: 'd', error: expect.stringMatching(/no such segment/) }])
})

test("the watch forgets its own jobs after an hour, and nobody else's", async () => {
  const { clock } = models.services
  const enqueued = async (kind: string) => {
    const { id } = await queue.enqueue(kind, {})
    await queue.claim([kind], 'w', 10_000)
    await queue.finish(id, 'w', { state: 'succeeded', result: null })
    return id
  }
  const [own, other] = [await enqueued('retraining.watch'), await enqueued('version.check')]
  await watch()
  expect(await queue.get(own)).toMatchObject({ state: 'succeeded' })
  clock.advance(2 * 3_600_000)
  await watch()
  await expect(queue.get(own)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' })
  expect(await queue.get(other)).toMatchObject({ state: 'succeeded' })
})

test('another system may ask only where the contract says so', async () => {
  await launch(contractOf('drift'))
  await expect(request('webhook')).rejects.toThrow('its contract does not name webhook in maintenance.retrain.on')
})

test('what makes every retraining fail is said before one begins', async () => {
  await launch('name: d\noutcome: { name: late }\n')
  await expect(request('manual')).rejects.toMatchObject({
    code: 'RETRAINING_IMPOSSIBLE',
    message: '"d" cannot be retrained: maintenance.train: it does not say how to train.',
  })
  await launch(contractOf('drift').replace('better-with-95%-confidence', 'better'))
  await expect(request('manual')).rejects.toMatchObject({ code: 'COMPARISON_RULE_INVALID' })
  expect((await ask('manual')).obstacles).toMatchObject([{ kind: 'impossible' }])
  await models.services.deployments.stop('d', { actor: 'kim' })
  await launch(contractOf('drift'))
  await models.services.deployments.stop('d', { actor: 'kim' })
  await expect(request('manual')).rejects.toThrow('"d" is not live')
})
