import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRegisteredModels, SERVING } from '../../../../test/fixtures/registered-models.ts'
import { treesSample } from '../../../../test/fixtures/synthetic-trees.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createDataPlane, type DataPlane } from '../../serving/data-plane.ts'
import { createDeploymentLoader, type DeploymentLoader } from '../../serving/index.ts'
import type { CheckReport } from '../check/check.ts'
import { runCheck } from '../check/run-check.ts'
import { type LaunchRequest, launchVersion, stopDeployment } from './launch.ts'

let models: Awaited<ReturnType<typeof openRegisteredModels>>
let dataPlane: DataPlane
let loader: DeploymentLoader

beforeEach(async () => {
  models = await openRegisteredModels()
  await models.push({ seed: 1 })
  await models.push({ seed: 2, contract: 'name: gate' })
  dataPlane = createDataPlane({ ...SERVING, log: silentLog })
  const { deployments, registry } = models.services
  loader = createDeploymentLoader({ deployments, openVersion: registry.openVersion, dataPlane, log: silentLog })
})
afterEach(async () => {
  await loader.stop()
  await dataPlane.drain(1_000)
  await models.close()
})

const watch = { signal: new AbortController().signal, progress: async () => {} }
const check = (version: number, contractText: string) =>
  runCheck({ model: 'trees', version, actor: 'kim', contractText }, models.services, watch)
const servicesOf = () => ({ ...models.services, loader, session: SERVING.session })
const launch = (request: Partial<LaunchRequest> = {}) =>
  launchVersion({ name: 'gate', model: 'trees', version: 1, contractText: 'name: gate', actor: 'kim', ...request }, servicesOf())
const servingVersion = () => dataPlane.findDeployment('gate')?.variants[0]?.predictor.version.version
const actions = async () => (await models.audit.list({ limit: 100 })).items.map(({ action }) => action).toReversed()

test('a version with a passing check goes live, is the champion, and answers', async () => {
  const { id } = await check(1, 'name: gate')
  const record = await launch({ reason: 'first voyage' })
  expect(record).toMatchObject({ state: 'live', revision: 1, target: 'local', variants: [{ version: 1, checkId: id }] })
  expect(servingVersion()).toBe(1)
  expect((await models.registry.getModel('trees')).aliases).toEqual({ champion: 1 })
  expect((await actions()).slice(-2)).toEqual(['deployment.launch', 'alias.set'])
})

test('the alias of the champion is what is recorded, also when nothing could be loaded after it', async () => {
  const services = { ...servicesOf(), loader: { reload: () => Promise.reject(new Error('killed')) } }
  const request = { name: 'gate', model: 'trees', version: 1, contractText: 'name: gate', actor: 'kim', overrideReason: 'x' }
  await expect(launchVersion(request, services)).rejects.toThrow('killed')
  expect((await models.registry.getModel('trees')).aliases).toEqual({ champion: 1 })
})

test('without a check it is refused, and what is missing is said', async () => {
  await expect(launch()).rejects.toMatchObject({
    code: 'LAUNCH_REFUSED',
    status: 409,
    message: 'trees@1 may not go live: it was never checked.',
    hint: expect.stringMatching(/seaworthy check trees@1.*--override/),
  })
  expect(await models.services.deployments.find('gate')).toBeUndefined()
  expect(servingVersion()).toBeUndefined()
})

test('a check under another contract, or of another version, opens nothing', async () => {
  await check(1, 'name: other')
  await check(2, 'name: gate')
  await expect(launch()).rejects.toThrow(/its check was under another contract; a check counts only for the contract/)
})

test('a contract that only looks different is the same contract', async () => {
  await check(1, '# words\nname:   "gate"\nserving: { mode: realtime }\n')
  expect(await launch()).toMatchObject({ revision: 1 })
})

test('a check that failed since takes back what an earlier one allowed, until one passes again', async () => {
  const contractText = '{ name: gate, outcome: { name: late }, sufficient: { quality: { roc-auc: { min: 0.52 } } } }'
  const checkOn = async (rows: number, wordsOf: (text: string) => string) => {
    const { digest } = await models.putFlights(rows)
    const text = wordsOf((await models.services.blobs.read(digest)).toString())
    const evaluation = { digest: (await models.services.blobs.put(Buffer.from(text))).digest, name: 'flights.jsonl' }
    const request = { model: 'trees', version: 1, actor: 'kim', contractText, evaluation }
    return runCheck(request, models.services, watch)
  }
  const upsideDown = (text: string) =>
    text.replaceAll('"late":0', '"late":2').replaceAll('"late":1', '"late":0').replaceAll('"late":2', '"late":1')
  expect((await checkOn(6_000, (text) => text)).verdict).toBe('pass')
  expect((await checkOn(6_000, upsideDown)).verdict).toBe('fail')
  await expect(launch({ contractText })).rejects.toThrow(/did not pass \(fail: roc-auc\)/)
  const again = await checkOn(6_000, (text) => text)
  expect(await launch({ contractText })).toMatchObject({ variants: [{ checkId: again.id }] })
})

test('a failure since counts however many checks came after it, and one before the passing check does not', async () => {
  const { checks, clock } = models.services
  const passed = await check(1, 'name: gate')
  const { report } = await checks.get(passed.id)
  const add = (id: string, changes: Partial<CheckReport>) => {
    clock.advance(1)
    return checks.add({ ...report, id, createdAt: clock.now(), ...changes })
  }
  await add('failed', { verdict: 'fail' })
  for (let i = 0; i < 99; i++) await add(`other${i}`, { contractDigest: 'd'.repeat(64) })
  await expect(launch()).rejects.toMatchObject({ code: 'LAUNCH_REFUSED' })
  for (let i = 99; i < 102; i++) await add(`other${i}`, { contractDigest: 'd'.repeat(64) })
  await expect(launch()).rejects.toThrow(/did not pass/)
  await add('again', {})
  for (let i = 102; i < 105; i++) await add(`other${i}`, { contractDigest: 'd'.repeat(64), verdict: 'fail' })
  expect(await launch()).toMatchObject({ variants: [{ checkId: 'again' }] })
})

test('a check that did not pass is summarised', async () => {
  await models.push({ seed: 3, environment: {} })
  await check(3, 'name: gate')
  await expect(launch({ version: 3 })).rejects.toThrow(/did not pass \(not-enough-data: recorded training environment\)/)
})

test('an override launches all the same, under the name of who gave the reason', async () => {
  await expect(launch({ overrideReason: '  ' })).rejects.toMatchObject({ code: 'LAUNCH_REFUSED' })
  const record = await launch({ overrideReason: 'the storm is here', actor: 'sam' })
  expect(record.variants[0]).toMatchObject({ version: 1, overrideReason: 'the storm is here', launchedBy: 'sam' })
  const { items } = await models.audit.list({ limit: 10, action: 'deployment.override' })
  expect(items).toMatchObject([{ actor: 'sam', reason: 'the storm is here', subject: 'deployment/gate' }])
})

test('an override that is not needed is not one', async () => {
  const { id } = await check(1, 'name: gate')
  const record = await launch({ overrideReason: 'to be sure' })
  expect(record.variants[0]).toMatchObject({ checkId: id })
  expect(record.variants[0]!.overrideReason).toBeUndefined()
})

test('a version that cannot be loaded never becomes live, and the one before goes on', async () => {
  await check(1, 'name: gate')
  await launch()
  const broken = await models.push({ seed: 9, modelBytes: Buffer.from('no model') })
  await expect(launch({ version: broken, overrideReason: 'it will do' })).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' })
  expect(await models.services.deployments.get('gate')).toMatchObject({ revision: 1, variants: [{ version: 1 }] })
  expect(servingVersion()).toBe(1)
  expect((await models.registry.getModel('trees')).aliases).toEqual({ champion: 1 })
})

test('the contract of the package is used when none is given, and one is needed', async () => {
  await check(2, 'name: gate')
  const record = await launch({ version: 2, contractText: undefined })
  expect(record).toMatchObject({ contractText: 'name: gate' })
  await expect(launch({ contractText: undefined })).rejects.toMatchObject({ code: 'LAUNCH_CONTRACT_MISSING' })
})

test('a contract for another place is refused with the way there', async () => {
  await expect(launch({ contractText: '{ name: gate, serving: { target: kubernetes } }' })).rejects.toMatchObject({
    code: 'LAUNCH_TARGET_ELSEWHERE',
    hint: expect.stringMatching(/seaworthy serve PACKAGE/),
  })
})

test.each(['batch', 'stream'])('a contract for %s is told that it is answered request by request', async (mode) => {
  const record = await launch({ contractText: `{ name: gate, serving: { mode: ${mode} } }`, overrideReason: 'x' })
  expect(record.warnings).toEqual([expect.stringMatching(`serving.mode: ${mode}.*request by request`)])
  expect((await launch({ overrideReason: 'x' })).warnings).toEqual([])
})

test('versions and models that do not exist are refused by name', async () => {
  await expect(launch({ version: 7, overrideReason: 'x' })).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' })
  await expect(launch({ model: 'tree', overrideReason: 'x' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
})

test('launches at once end with what the record says', async () => {
  for (const version of [1, 2]) await check(version, 'name: gate')
  await Promise.all([1, 2, 1, 2].map((version) => launch({ version })))
  const { revision, variants } = await models.services.deployments.get('gate')
  expect(revision).toBe(4)
  expect(servingVersion()).toBe(variants[0]!.version)
})

test('stopping takes it down at once', async () => {
  await launch({ overrideReason: 'x' })
  const stopped = await stopDeployment('gate', { actor: 'kim', reason: 'winter' }, servicesOf())
  expect(stopped.state).toBe('stopped')
  expect(servingVersion()).toBeUndefined()
  expect(loader.health()).toEqual({ healthy: true, deployments: [] })
  await expect(stopDeployment('gaet', { actor: 'kim' }, servicesOf())).rejects.toMatchObject({ code: 'DEPLOYMENT_NOT_FOUND' })
})

test('after a restart everything that is live is loaded, and one that cannot be stops no other', async () => {
  await launch({ overrideReason: 'x' })
  const { deployments, registry } = models.services
  const record = { name: 'gone', model: 'trees', target: 'local', contractText: 'name: gone', contractDigest: 'c', actor: 'kim' }
  await deployments.launch({ ...record, version: 77 })
  const plane = createDataPlane({ ...SERVING, log: silentLog })
  const again = createDeploymentLoader({ deployments, openVersion: registry.openVersion, dataPlane: plane, log: silentLog })
  await again.loadAll()
  expect(plane.findDeployment('gate')?.variants).toHaveLength(1)
  expect(again.health()).toMatchObject({
    healthy: false,
    deployments: [
      { name: 'gate', state: 'serving', revision: 1 },
      { name: 'gone', state: 'failed', explanation: expect.stringMatching(/77/) },
    ],
  })
  await expect(again.reload('gone')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' })
  await again.stop()
  await plane.drain(1_000)
})

test('a change that another process made is seen by its revision', async () => {
  const { deployments, registry } = models.services
  const plane = createDataPlane({ ...SERVING, log: silentLog })
  const other = createDeploymentLoader({ deployments, openVersion: registry.openVersion, dataPlane: plane, log: silentLog })
  const seen = async (version: number | undefined) => {
    const now = () => plane.findDeployment('gate')?.variants[0]?.predictor.version.version
    for (let i = 0; i < 400 && now() !== version; i++) await new Promise((resolve) => setTimeout(resolve, 10))
    return now()
  }
  other.watch(10)
  await launch({ overrideReason: 'x' })
  expect(await seen(1)).toBe(1)
  await launch({ version: 2, overrideReason: 'x' })
  expect(await seen(2)).toBe(2)
  await deployments.stop('gate', { actor: 'kim' })
  expect(await seen(undefined)).toBeUndefined()
  await other.stop()
  await plane.drain(1_000)
})

test('the rules of the contract about inputs hold from the launch on', async () => {
  await launch({ contractText: '{ name: gate, inputs: { hour: { type: integer, max: 5 } } }', overrideReason: 'x' })
  const { predictor } = dataPlane.findDeployment('gate')!.variants[0]!
  const answer = (hour: number) =>
    new Promise((resolve) =>
      predictor.predict({
        requestId: 'r',
        caller: '',
        body: Buffer.from(JSON.stringify({ instances: [{ ...treesSample[0], hour }] })),
        startMs: 0,
        isGone: () => false,
        answer: (failure, reply) => resolve(failure ?? reply),
      }),
    )
  expect(await answer(9)).toMatchObject({ code: 'INSTANCES_INVALID' })
  expect(await answer(3)).toMatch(/"late"/)
})

test('a contract whose channels lead nowhere is refused before anything is changed', async () => {
  const contractText = 'name: gate\nmonitoring: { alert: [console, pager] }'
  await expect(launch({ contractText, overrideReason: 'hurry' })).rejects.toMatchObject({
    code: 'CHANNEL_UNKNOWN',
    message: expect.stringContaining('"pager"'),
  })
  expect(await models.services.deployments.find('gate')).toBeUndefined()
})
