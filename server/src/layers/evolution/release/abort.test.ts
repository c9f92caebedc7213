import { afterEach, beforeEach, expect, test } from 'vitest'
import { openReleasedModels, type ReleasedModels } from '../../../../test/fixtures/released-models.ts'
import { abort } from './advance-release.ts'

let at: ReleasedModels
beforeEach(async () => {
  at = await openReleasedModels()
  for (const seed of [1, 2, 3]) await at.models.push({ seed })
  await at.launch(1)
})
afterEach(() => at.close())

const CANARY = 'steps: [canary 50%, full], step-duration: 1m, min-requests: 20'
const state = async () => (await at.desk.get('gate')).state
/** Late enough for a throttled look to be due. */
async function look(): Promise<void> {
  at.clock.advance(410)
  await at.driver.advance()
}

test('an abort that comes too late leaves the traffic with whom the record names', async () => {
  await at.launch(2, CANARY)
  const before = await at.desk.get('gate')
  await at.desk.promote('gate', { actor: 'kim', reason: 'it is good' })
  await expect(abort(before, 'it is bad', 'by-hand', at.releasing)).rejects.toMatchObject({ code: 'RELEASE_STATE_UNFIT' })
  expect(new Set(await at.ask(20))).toEqual(new Set([2]))
})

test('a release whose champion was replaced ends without a request for the old one', async () => {
  await at.launch(2, CANARY)
  const { deployments } = at.models.services
  const { contractText, contractDigest } = await deployments.get('gate')
  // By another process, which did not see the release.
  await deployments.launch({
    name: 'gate',
    model: 'trees',
    target: 'local',
    version: 3,
    contractText,
    contractDigest,
    actor: 'sam',
  })
  await at.loader.reload('gate')
  const switches: number[] = []
  const { switchTo } = at.releasing.traffic
  const told = (name: string, version: number) => (switches.push(version), switchTo(name, version))
  Object.assign(at.releasing, { traffic: { ...at.releasing.traffic, switchTo: told } })
  await at.driver.advance()
  expect(await state()).toMatchObject({ kind: 'aborted', explanation: 'the champion is version 3 now, and no longer 1' })
  expect(switches).toEqual([])
  expect(at.serving()?.[0]).toEqual(['champion', 3, 1])
})

test('a version that has lost answers nobody any more, also while that cannot be recorded', async () => {
  await at.launch(2, `${CANARY} } }, inputs: { hour: { type: integer, max: 1`)
  await at.driver.advance()
  await at.ask(500)
  const { db } = at.releasing
  Object.assign(at.releasing, { db: { ...db, transaction: () => Promise.reject(new Error('the database is away')) } })
  for (let i = 0; i < 3; i++) {
    await look()
    expect(new Set(await at.ask(20))).toEqual(new Set([1]))
  }
  Object.assign(at.releasing, { db })
  await at.driver.advance()
  expect(await state()).toMatchObject({ kind: 'aborted', explanation: expect.stringMatching(/refused/) })
  expect(at.raised).toHaveLength(1)
})
