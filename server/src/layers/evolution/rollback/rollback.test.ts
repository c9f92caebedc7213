import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openReleasedModels, type ReleasedModels } from '../../../../test/fixtures/released-models.ts'
import { silentLog } from '../../../kernel/log.ts'
import { drillRollback } from './drill.ts'
import { type RollbackRequest, rollBack, settleRollbacks } from './roll-back.ts'
import { openRollbackMemory } from './rollback-memory.ts'

let at: ReleasedModels
beforeEach(async () => {
  at = await openReleasedModels()
  for (const seed of [1, 2, 3]) await at.models.push({ seed })
  for (const version of [1, 2, 3]) await at.launch(version)
})
afterEach(() => at.close())

const back = (more: Partial<RollbackRequest> = {}) => rollBack({ deployment: 'gate', actor: 'kim', ...more }, at.releasing)
const champion = () => at.serving()?.[0]?.[1]
const recorded = async () =>
  (await at.models.services.deployments.get('gate')).variants.map(({ name, version }) => [name, version])
const file = () => path.join(at.models.folder, 'rollbacks.json')
/** The database, gone: every statement fails from now on. */
const breakDatabase = () => at.models.db.close()

test('back to the version before, and then to the one before that; never to one that was rolled back from', async () => {
  expect(await back({ reason: 'slow' })).toMatchObject({ version: 2, from: 3, switched: true, recorded: true, remembered: false })
  expect([champion(), await recorded()]).toEqual([
    2,
    [
      ['champion', 2],
      ['standby', 1],
    ],
  ])
  expect((await at.models.registry.getModel('trees')).aliases).toEqual({ champion: 2 })
  expect(await back()).toMatchObject({ version: 1, from: 2 })
  await expect(back()).rejects.toMatchObject({
    code: 'ROLLBACK_IMPOSSIBLE',
    message: expect.stringMatching(/no version was champion before/),
  })
  expect(await back({ to: 3 })).toMatchObject({ version: 3, from: 1 })
  const { items } = await at.models.audit.list({ limit: 10, action: 'deployment.rollback' })
  expect(items.map(({ reason }) => reason)).toEqual(['back from version 1', 'back from version 2', 'slow'])
})

test('any former version can be gone back to, one that is not loaded is loaded first', async () => {
  expect(await back({ to: 1 })).toMatchObject({ version: 1, from: 3, switched: true, recorded: true })
  expect(new Set(await at.ask(20))).toEqual(new Set([1]))
  expect(await recorded()).toEqual([['champion', 1]])
})

test('a version that was never champion, or answers already, is refused', async () => {
  await at.models.push({ seed: 4 })
  await expect(back({ to: 4 })).rejects.toMatchObject({
    code: 'ROLLBACK_IMPOSSIBLE',
    message: expect.stringMatching(/version 4 was never its champion/),
    hint: 'Versions to go back to: 2, 1; name one with --to.',
  })
  await expect(back({ to: 3 })).rejects.toThrow(/version 3 answers already/)
  await expect(back({ deployment: 'gaet' })).rejects.toMatchObject({ code: 'DEPLOYMENT_NOT_FOUND' })
  expect(champion()).toBe(3)
})

test('a former version comes back with the contract that it served under', async () => {
  await at.launch(3, 'steps: [full] } }, inputs: { hour: { type: integer, max: 1')
  expect(await at.ask(8)).toContain(-422)
  await back()
  expect(new Set(await at.ask(8))).toEqual(new Set([2]))
  expect(await at.models.services.deployments.get('gate')).toMatchObject({ contractText: expect.not.stringMatching(/hour/) })
})

test('without a database traffic is switched all the same, the answer says so, and it is kept in a file', async () => {
  await breakDatabase()
  const done = await back({ reason: 'it burns' })
  expect(done).toMatchObject({ version: 2, switched: true, recorded: false, remembered: true, explanation: expect.any(String) })
  expect(new Set(await at.ask(50))).toEqual(new Set([2]))
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({
    rollbacks: [{ version: 2, from: 3, actor: 'kim', reason: 'it burns' }],
  })
  expect(openRollbackMemory(file(), silentLog).pinOf('gate')).toMatchObject({ version: 2 })
  expect(await settleRollbacks(at.releasing)).toBe(1)
  await expect(back({ to: 1 })).rejects.toMatchObject({ code: 'ROLLBACK_TARGET_UNAVAILABLE', status: 503 })
  expect(champion()).toBe(2)
  await expect(back()).rejects.toThrow(/rolled back to version 2 already/)
})

test('without a disk, too, it holds in memory', async () => {
  await breakDatabase()
  writeFileSync(file(), '')
  Object.assign(at.releasing, { memory: openRollbackMemory(path.join(file(), 'no-folder/rollbacks.json'), silentLog) })
  expect(await back()).toMatchObject({ switched: true, recorded: false, remembered: false })
  expect(champion()).toBe(2)
})

test('what could not be recorded is recorded once the database takes it, once, and until then nothing overrides it', async () => {
  const { db } = at.models
  const transaction = db.transaction
  const broken = { ...db, transaction: () => Promise.reject(new Error('attempt to write a readonly database')) }
  Object.assign(at.releasing, { db: broken })
  expect(await back()).toMatchObject({ recorded: false, explanation: 'attempt to write a readonly database' })
  await at.loader.reload('gate')
  expect(at.serving()).toEqual([
    ['champion', 2, 1],
    ['standby', 3, 0],
  ])
  expect((await recorded())[0]).toEqual(['champion', 3])
  Object.assign(at.releasing, { db: { ...db, transaction } })
  await Promise.all([settleRollbacks(at.releasing), settleRollbacks(at.releasing)])
  expect(at.memory.list()).toEqual([])
  expect(await recorded()).toEqual([
    ['champion', 2],
    ['standby', 1],
  ])
  const { items } = await at.models.audit.list({ limit: 10, action: 'deployment.rollback' })
  expect(items).toHaveLength(1)
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ rollbacks: [] })
})

test('a rollback and the alias of the champion are recorded together or not at all', async () => {
  const { registry } = at.models
  const broken = { setAlias: () => Promise.reject(new Error('killed')) }
  Object.assign(at.releasing, { registry: broken })
  expect(await back()).toMatchObject({ version: 2, switched: true, recorded: false })
  expect((await recorded())[0]).toEqual(['champion', 3])
  Object.assign(at.releasing, { registry })
  expect(await settleRollbacks(at.releasing)).toBe(0)
  expect((await recorded())[0]).toEqual(['champion', 2])
  expect((await registry.getModel('trees')).aliases).toEqual({ champion: 2 })
})

test('a file of rollbacks that nobody can read is set aside', () => {
  writeFileSync(file(), '{"rollbacks":[{')
  expect(openRollbackMemory(file(), silentLog).list()).toEqual([])
  expect([existsSync(file()), existsSync(`${file()}.unreadable`)]).toEqual([false, true])
})

test('a drill switches there and back, asks on the way of every request, keeps none, and is in the audit log', async () => {
  const before = await at.models.audit.list({ limit: 1 })
  const done = await drillRollback('gate', { actor: 'kim', reason: 'the quarterly one' }, at.releasing)
  expect(done).toMatchObject({ champion: 3, standby: 2, failed: 0, callerRequests: 0, recorded: true })
  expect(done.probeRequests).toBeGreaterThan(20)
  for (const times of [done.there, done.back]) {
    expect(times.switchMs).toBeLessThan(100)
    expect(times.firstNewAnswerMs).toBeLessThan(300)
  }
  expect(champion()).toBe(3)
  expect(at.journal.health('gate').accepted).toBe(0)
  const { items } = await at.models.audit.list({ limit: 1 })
  expect(items).toMatchObject([{ action: 'rollback.drill', actor: 'kim', reason: 'the quarterly one', after: { failed: 0 } }])
  expect(items[0]!.sequence).toBe(before.items[0]!.sequence + 1)
})

test('a drill is refused where there is nothing to rehearse, or a release would be disturbed', async () => {
  const drill = (name: string) => drillRollback(name, { actor: 'kim' }, at.releasing)
  await expect(drill('nobody')).rejects.toMatchObject({
    code: 'ROLLBACK_DRILL_IMPOSSIBLE',
    message: expect.stringMatching(/no server/),
  })
  await at.launch(1, 'steps: [canary 50%, full]')
  await expect(drill('gate')).rejects.toThrow(/a release is under way/)
})

test('a drill that cannot switch leaves the traffic as it was, and asks nothing more', async () => {
  const { traffic } = at.releasing
  for (const refused of [2, 3]) {
    let asked = 0
    const find = (name: string) => ((asked += 1), traffic.find(name))
    const switchTo = (name: string, version: number) => version !== refused && traffic.switchTo(name, version)
    Object.assign(at.releasing, { traffic: { ...traffic, find, switchTo } })
    const drill = drillRollback('gate', { actor: 'kim' }, at.releasing)
    await expect(drill).rejects.toThrow(`version ${refused} does not answer`)
    const soFar = asked
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(asked).toBe(soFar)
    expect(champion()).toBe(3)
  }
})

test('what is recorded is told as recorded, also when nothing can be loaded after it', async () => {
  const { traffic } = at.releasing
  Object.assign(at.releasing, { traffic: { ...traffic, reload: () => Promise.reject(new Error('the disk is away')) } })
  expect(await back()).toMatchObject({ version: 2, switched: true, recorded: true })
  expect((await at.models.registry.getModel('trees')).aliases).toEqual({ champion: 2 })
})
