import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRegisteredModels } from '../../../../test/fixtures/registered-models.ts'
import { DatabaseUnreachable } from '../../../platform/db/errors.ts'
import { createRunRepository } from '../../model/index.ts'
import type { RetrainingKeeper } from './retraining.ts'
import { retrainingJob } from './retraining.job.ts'
import { createRetrainingRepository } from './retraining-repository.ts'
import type { RetrainServices } from './retraining-stages.ts'

let models: Awaited<ReturnType<typeof openRegisteredModels>>
let retrainings: RetrainingKeeper
beforeEach(async () => {
  models = await openRegisteredModels()
  retrainings = createRetrainingRepository(models.services)
  await models.push({ seed: 1 })
  const contractText = '{ name: gate, maintenance: { train: { command: node train.ts, data: last 60d } } }'
  const launch = { name: 'gate', model: 'trees', target: 'local', version: 1, contractText, contractDigest: 'c', actor: 'kim' }
  await models.services.deployments.launch(launch)
})
afterEach(() => models.close())

const away = () => Promise.reject(new DatabaseUnreachable({ address: 'db:5432', explanation: 'it restarts' }))
const input = () => ({
  ...{ deployment: 'gate', trigger: 'manual', reason: 'kim asked for it', numbers: {}, actor: 'kim' },
  ...{ folder: models.folder, asOf: models.services.clock.now() },
})
/** The job, while something that it needs is away. */
const run = (missing: object) =>
  retrainingJob.run(
    { jobId: 'a', input: input(), resumeFrom: undefined, signal: new AbortController().signal, progress: async () => {} },
    { ...models.services, retrainings, ...missing } as unknown as RetrainServices,
  )

test('a database that is away for a moment does not end a retraining: its job comes back, and goes on', async () => {
  await expect(run({ registry: { ...models.registry, getVersionDetail: away } })).rejects.toMatchObject({ status: 503 })
  expect(await retrainings.get('a')).toMatchObject({ state: 'snapshot' })
})

test('nor does it stand for a training that failed', async () => {
  const { contractText, contractDigest } = await models.services.deployments.get('gate')
  const { actor, ...known } = input()
  await retrainings.begin({ id: 'a', ...known, model: 'trees', champion: 1, contractText, contractDigest }, { actor })
  const training = { data: { digest: 'd'.repeat(64), bytes: 1 }, counts: { rows: 500 } } as never
  await retrainings.advance('a', 'waiting', 'training-warm', { training })
  const runs = { ...createRunRepository(models.services), closeAbandoned: away }
  await expect(run({ runs })).rejects.toMatchObject({ status: 503 })
  expect(await retrainings.get('a')).toMatchObject({ state: 'training-warm' })
})

test('what comes again with the same input ends it', async () => {
  await expect(run({})).rejects.toMatchObject({ code: 'RETRAINING_IMPOSSIBLE' })
  expect(await retrainings.get('a')).toMatchObject({ state: 'failed', failure: { code: 'RETRAINING_IMPOSSIBLE' } })
})
