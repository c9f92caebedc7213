import { afterEach, beforeEach, expect, test } from 'vitest'
import { SERVING } from '../../../../test/fixtures/registered-models.ts'
import { openReleasedModels, type ReleasedModels } from '../../../../test/fixtures/released-models.ts'
import { runCheck } from '../check/run-check.ts'
import { createReleaseStarter, type ReleaseStarter } from './release-starter.ts'

let at: ReleasedModels
let starter: ReleaseStarter
beforeEach(async () => {
  at = await openReleasedModels()
  for (const seed of [1, 2]) await at.models.push({ seed })
  await at.launch(1)
  starter = createReleaseStarter({ ...at.models.services, loader: at.loader, session: SERVING.session })
})
afterEach(() => at.close())

const STEPS = '{ name: gate, maintenance: { release: { steps: [canary 10%, full] } } }'
/** As a retraining does it that is killed before it can note what it began. */
async function start(contractText: string) {
  const request = { deployment: 'gate', model: 'trees', version: 2, contractText, since: at.clock.now(), actor: 'seaworthy' }
  const watch = { signal: new AbortController().signal, progress: async () => {} }
  await runCheck({ ...request }, at.models.services, watch)
  at.clock.advance(1_000)
  return { first: await starter.start(request), again: () => starter.start(request) }
}

test('a release that has begun is given again, whatever has become of it', async () => {
  const { first, again } = await start(STEPS)
  expect(first).toEqual({ id: expect.any(String), words: expect.stringContaining('has begun: ') })
  expect(await again()).toEqual(first)
  await at.desk.abort('gate', { actor: 'kim', reason: 'it fails' })
  expect(await again()).toEqual({ id: first.id, words: expect.stringContaining('has begun and is aborted') })
  expect((await at.desk.list({ limit: 10 })).items).toHaveLength(1)
})

test('a version that is live is not launched a second time', async () => {
  const { first, again } = await start('name: gate')
  expect(first).toEqual({ words: 'trees@2 is live in "gate".' })
  expect(await again()).toEqual(first)
  const { items } = await at.models.audit.list({ limit: 10, action: 'deployment.launch' })
  expect(items).toHaveLength(2)
})

test('an earlier release of the same version is another one', async () => {
  await at.launch(2, 'steps: [canary 10%, full]')
  await at.desk.abort('gate', { actor: 'kim', reason: 'not now' })
  at.clock.advance(1_000)
  await start(STEPS)
  expect((await at.desk.list({ limit: 10 })).items.map(({ state }) => state.kind)).toEqual(['running', 'aborted'])
})
