import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRegisteredModels } from '../../test/fixtures/registered-models.ts'
import { createJobQueue } from '../platform/jobs/job-queue.ts'
import { pruneJob } from '../platform/jobs/prune.job.ts'
import { auditChanges } from './audit-changes.ts'

let models: Awaited<ReturnType<typeof openRegisteredModels>>
beforeAll(async () => {
  models = await openRegisteredModels()
})
afterAll(() => models.close())

test('releases, retrainings and versions are changes of their deployment, and those of others are not', async () => {
  const { db, services } = models
  await models.push({ seed: 1 })
  const served = { contractText: '{ name: gate }', contractDigest: 'a'.repeat(64), overrideReason: 'a test' }
  await services.deployments.launch({ name: 'other', model: 'trees', target: 'local', version: 1, actor: 'kim', ...served })
  await services.deployments.launch({ name: 'gate', model: 'trees', target: 'local', version: 1, actor: 'kim', ...served })
  for (const [id, deployment] of [
    ['one', 'gate'],
    ['two', 'other'],
  ] as const)
    await db.kysely
      .insertInto('release')
      .values({
        ...{ id, deployment, model: 'trees', version: 1, champion: 1, contract: '', contract_digest: '', check_id: null },
        ...{
          override_reason: null,
          state: 'running',
          step: 0,
          steps: '[]',
          approvals_needed: 0,
          created_at: 1,
          created_by: 'kim',
        },
        ...{ reason: null, updated_at: 1, updated_by: 'kim', explanation: null, finished_at: 1 },
      })
      .execute()
  const say = (action: string, subject: string) =>
    db.transaction((tx) => services.audit.append(tx, { action, subject, actor: 'kim' }))
  await say('release.step', 'release/one')
  await say('release.step', 'release/two')
  await say('retraining.begin', 'deployment/gate')
  await say('version.push', 'trees-of-others@1')
  await say('check.run', 'trees@1')
  const changes = await db.transaction((tx) => auditChanges.before(tx, 'gate', services.clock.now(), 10))
  expect(changes.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
    'retraining.begin deployment/gate',
    'release.step release/one',
    'deployment.override deployment/gate',
    'deployment.launch deployment/gate',
    'version.push trees@1',
  ])
})

test('jobs that ended long ago are forgotten, and none that is still to be done', async () => {
  const { db } = models
  const { clock, ids } = models.services
  const queue = createJobQueue({ db, clock, ids, leaseClock: clock })
  const [done, waiting, routine] = [
    await queue.enqueue('version.push', {}),
    await queue.enqueue('version.push', {}),
    await queue.enqueue('operations.monitor', {}),
  ]
  await queue.cancel(done.id)
  await db.kysely.updateTable('job').set({ state: 'succeeded', finished_at: clock.now() }).where('id', '=', routine.id).execute()
  const prune = () =>
    pruneJob.run({ input: {}, signal: new AbortController().signal } as never, { queue, clock, jobsKeepDays: 90 })
  clock.advance(2 * 86_400_000)
  await prune()
  await expect(queue.get(routine.id)).rejects.toThrow()
  expect((await queue.get(done.id)).state).toBe('cancelled')
  clock.advance(90 * 86_400_000)
  expect(await prune()).toEqual({ forgotten: 1 })
  await expect(queue.get(done.id)).rejects.toThrow()
  expect((await queue.get(waiting.id)).state).toBe('queued')
})
