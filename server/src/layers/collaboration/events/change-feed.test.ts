import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRegisteredModels } from '../../../../test/fixtures/registered-models.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createIds } from '../../../kernel/ids.ts'
import { createCommitSignal } from '../../../platform/db/commit-signal.ts'
import { createJobQueue } from '../../../platform/jobs/job-queue.ts'
import { createAuditTrail } from '../audit/audit-trail.ts'
import type { Change } from './change.ts'
import { createChangeFeed } from './change-feed.ts'
import type { ChangeListener } from './change-hub.ts'

let models: Awaited<ReturnType<typeof openRegisteredModels>>
beforeAll(async () => {
  models = await openRegisteredModels()
})
afterAll(() => models.close())

async function until(listener: ChangeListener, isIt: (change: Change) => boolean): Promise<readonly Change[]> {
  const seen: Change[] = []
  const deadline = Date.now() + 5_000
  while (Date.now() < deadline) {
    for (let next = listener.take(); next !== undefined; next = listener.take()) seen.push(next.change)
    if (seen.some(isIt)) return seen
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`not told: ${JSON.stringify(seen)}`)
}

test('what is audited, queued and watched is told, whoever did it, and nothing of before', async () => {
  const { clock } = models.services
  const ids = createIds(clock)
  const signal = createCommitSignal(models.db)
  const feed = createChangeFeed({ db: signal.db, clock, ids, log: silentLog, listenersMax: 10 })
  const audit = createAuditTrail({ clock })
  const say = (action: string, subject: string, db = signal.db) =>
    db.transaction((tx) => audit.append(tx, { action, subject, actor: 'kim' }))
  signal.onCommit(feed.wake)
  await say('deployment.launch', 'deployment/before')
  const listener = await feed.listen()
  const startMs = Date.now()
  await say('deployment.launch', 'deployment/gate')
  const told = await until(listener, ({ topic }) => topic === 'audit')
  expect(Date.now() - startMs).toBeLessThan(900)
  expect(told).toEqual([
    expect.objectContaining({ topic: 'deployments', subject: 'gate', deployment: 'gate', actor: 'kim' }),
    expect.objectContaining({ topic: 'audit', subject: 'deployment/gate' }),
  ])
  // As another process would: no signal, so it is found when the store is asked the next time.
  await say('check.run', 'trees@1', models.db)
  const queue = createJobQueue({ db: models.db, clock, ids })
  const { id } = await queue.enqueue('model.train', {})
  await models.db.kysely
    .insertInto('monitor_state')
    .values({ deployment: 'gate', version: 1, watched_until: 5, judged_until: 0, predictions: null } as never)
    .execute()
  const more = await until(listener, ({ topic }) => topic === 'runs')
  expect(more.map(({ topic, subject }) => `${topic} ${subject}`).toSorted()).toEqual(
    ['audit trees@1', 'checks trees@1', `jobs ${id}`, 'models trees@1', `runs ${id}`, 'windows gate'].toSorted(),
  )
  await queue.cancel(id)
  const ended = await until(listener, ({ topic }) => topic === 'runs')
  expect(ended[0]?.progress).toMatchObject({ kind: 'model.train', state: 'cancelled' })
  listener.close()
  await feed.stop()
})

test('a store that was away when the first one listened is asked again by the next', async () => {
  const { clock } = models.services
  let isAway = true
  const audited = (table: never) => {
    if (isAway) throw new Error('the store is away')
    return models.db.kysely.selectFrom(table)
  }
  const kysely = new Proxy(models.db.kysely, { get: (of, name) => (name === 'selectFrom' ? audited : Reflect.get(of, name, of)) })
  const feed = createChangeFeed({
    ...{ db: { ...models.db, kysely }, clock, log: silentLog, listenersMax: 10 },
    ids: createIds(clock),
  })
  await expect(feed.listen()).rejects.toThrow('the store is away')
  isAway = false
  const listener = await feed.listen()
  listener.close()
  await feed.stop()
})
