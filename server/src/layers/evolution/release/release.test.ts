import { afterEach, beforeEach, expect, test } from 'vitest'
import { openReleasedModels, type ReleasedModels } from '../../../../test/fixtures/released-models.ts'
import { treesModel } from '../../../../test/fixtures/synthetic-trees.ts'

let at: ReleasedModels
beforeEach(async () => {
  at = await openReleasedModels()
  for (const seed of [1, 2, 3]) await at.models.push({ seed })
  await at.launch(1)
})
afterEach(() => at.close())

const MINUTE_MS = 60_000
const CANARY = 'steps: [canary 50%, full], step-duration: 1m, min-requests: 20'
const state = async () => (await at.desk.get('gate')).state
/** Enough looks for a throttled one to be due. */
async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    at.clock.advance(410)
    await at.driver.advance()
  }
}

test('a step ends when its time is over and the version has seen enough, and not before both', async () => {
  await at.launch(2, CANARY)
  await at.driver.advance()
  await at.ask(10)
  at.clock.advance(1.1 * MINUTE_MS)
  await look()
  expect(await state()).toEqual({ kind: 'running', step: 0 })
  await at.ask(80)
  await look()
  expect(await state()).toMatchObject({ kind: 'promoted', by: 'seaworthy' })
  expect(at.serving()).toEqual([
    ['champion', 2, 1],
    ['standby', 1, 0],
  ])
  expect((await at.models.registry.getModel('trees')).aliases).toEqual({ champion: 2 })
})

test('enough traffic alone moves nothing before the time is over', async () => {
  await at.launch(2, CANARY)
  await at.driver.advance()
  await at.ask(100)
  at.clock.advance(0.9 * MINUTE_MS)
  await look()
  expect(await state()).toEqual({ kind: 'running', step: 0 })
  const { analysis } = (await at.desk.get('gate')).stepRecords[0]!
  expect(analysis).toMatchObject({ verdict: 'open', sentence: expect.stringMatching(/nothing is known about quality/) })
  expect(analysis!.championRequests + analysis!.challengerRequests).toBe(100)
})

test('a hold stops the clock of the step, and a resumed one begins anew', async () => {
  await at.launch(2, CANARY)
  await at.driver.advance()
  await at.desk.hold('gate', { actor: 'kim', reason: 'lunch' })
  await at.ask(100)
  at.clock.advance(3 * MINUTE_MS)
  await look()
  expect(await state()).toMatchObject({ kind: 'holding', explanation: 'lunch', by: 'kim' })
  await at.desk.resume('gate', { actor: 'kim', reason: 'fed' })
  await look()
  expect(await state()).toEqual({ kind: 'running', step: 0 })
  at.clock.advance(1.1 * MINUTE_MS)
  await look()
  expect(await state()).toMatchObject({ kind: 'promoted' })
})

test('a version that fails is taken back at once, also while it is held, and somebody is told', async () => {
  await at.launch(2, `${CANARY} } }, inputs: { hour: { type: integer, max: 1`)
  await at.desk.hold('gate', { actor: 'kim', reason: 'lunch' })
  await at.driver.advance()
  const answers = await at.ask(500)
  expect(answers).toContain(-422)
  await look()
  expect(await state()).toMatchObject({ kind: 'aborted', by: 'seaworthy', explanation: expect.stringMatching(/refused/) })
  expect(new Set(await at.ask(100))).toEqual(new Set([1]))
  expect(at.raised).toMatchObject([
    { kind: 'release', deployment: 'gate', subject: 'version 2', measure: 'invalid', state: 'breach', suggestedAction: 'look' },
  ])
  const entries = await at.models.audit.list({ limit: 10, action: 'release.abort' })
  expect(entries.items.map(({ subject }) => subject.split('/')[0]).toSorted()).toEqual(['deployment', 'release'])
})

test('a version that vanished from the disk ends its release, and the champion goes on', async () => {
  await at.launch(2, CANARY)
  expect(at.serving()?.[1]).toEqual(['challenger', 2, 0.5])
  // As after a start on a disk that lost the package: only the champion is loaded.
  at.plane.switchTo('gate', 1)
  const reload = at.releasing.traffic.reload
  Object.assign(at.releasing.traffic, { reload: async () => {} })
  for (let i = 0; i < 20; i++) await at.driver.advance()
  Object.assign(at.releasing.traffic, { reload })
  expect(await state()).toMatchObject({ kind: 'aborted', explanation: 'version 2 cannot be loaded here' })
  expect(new Set(await at.ask(20))).toEqual(new Set([1]))
})

test('a deployment that is taken down takes its release with it', async () => {
  await at.launch(2, CANARY)
  await at.models.services.deployments.stop('gate', { actor: 'kim' })
  await at.driver.advance()
  expect(await state()).toMatchObject({ kind: 'aborted', explanation: 'the deployment was taken down' })
})

test('without steps and approvals a launch is a launch; the same version under new rules is one, too', async () => {
  expect((await at.launch(2)).release).toBeUndefined()
  expect((await at.launch(2, CANARY)).release).toBeUndefined()
  expect(at.serving()?.[0]).toEqual(['champion', 2, 1])
})

test('two that move it on at once move it once', async () => {
  await at.launch(2, 'steps: [canary 10%, canary 20%, canary 30%, full], step-duration: 1s, min-requests: 0')
  const by = { actor: 'kim', reason: 'now' }
  const ends = await Promise.allSettled([1, 2, 3].map(() => at.desk.promote('gate', by)))
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const { items } = await at.models.audit.list({ limit: 10, action: 'release.promote' })
  expect(items).toHaveLength(1)
})

test('predictions that are nothing like the champion’s hold it until somebody has looked', async () => {
  await at.models.push({ seed: 1, modelBytes: treesModel(40, 4, 1, 0.1) })
  await at.launch(4, 'steps: [canary 50%, full], step-duration: 1m, min-requests: 10')
  await at.driver.advance()
  // A request's time is when it arrived: with a clock that stands still, a slow one would have come before the step began.
  at.clock.advance(1_000)
  await at.ask(700)
  at.clock.advance(2 * MINUTE_MS)
  await look()
  expect(await state()).toMatchObject({
    kind: 'holding',
    explanation: expect.stringMatching(/standard deviations.*somebody should look/),
  })
  await at.desk.resume('gate', { actor: 'kim', reason: 'it is meant so' })
  at.clock.advance(2 * MINUTE_MS)
  await look()
  expect(await state()).toMatchObject({ kind: 'promoted' })
}, 20_000)

test('a contract that asks for no approval does not do away with those of the contract that is live', async () => {
  await at.launch(1, 'steps: [full], approvals: 1')
  const { release } = await at.launch(2, 'steps: [canary 10%, full]')
  expect(release).toMatchObject({ approvalsNeeded: 1, state: { kind: 'waiting-for-approval' } })
  expect(new Set(await at.ask(10))).toEqual(new Set([1]))
  await at.desk.abort('gate', { actor: 'kim', reason: 'not like this' })
  expect((await at.launch(2, 'steps: [full]')).release).toMatchObject({ approvalsNeeded: 1, steps: [{ kind: 'full' }] })
})
