/** Releases as rows, in both stores of metadata: what is decided is decided once, with its traffic and its audit entries. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createManualClock } from '../../src/kernel/clock.ts'
import { createIds } from '../../src/kernel/ids.ts'
import { createAuditLog, createAuditTrail } from '../../src/layers/collaboration/index.ts'
import {
  abortRelease,
  createRelease,
  enterStep,
  holdRelease,
  promoteNow,
  type ReleaseStore,
  resumeRelease,
} from '../../src/layers/evolution/release/release-changes.ts'
import { createReleaseRepository } from '../../src/layers/evolution/release/release-repository.ts'
import { createModelRegistry } from '../../src/layers/model/index.ts'
import { createDeploymentRepository } from '../../src/layers/serving/index.ts'
import { openFilesystemBlobs } from '../../src/platform/blobs/filesystem-blobs.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { openDatabase } from '../../src/platform/db/open-database.ts'
import { openSigningKey } from '../../src/platform/keys/signing-key.ts'
import { type PostgresServer, startPostgres } from '../fixtures/postgres-server.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-releases-'))
const clock = createManualClock(1_750_000_000_000)
const audit = createAuditTrail({ clock })
let postgres: PostgresServer | undefined
beforeAll(async () => void (postgres = await startPostgres()), 60_000)
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
const stores = {
  sqlite: async () => ({ file: path.join(folder, `${(count += 1)}.sqlite`), busyMsMax: 10_000 }),
  postgres: async () => (postgres === undefined ? undefined : { url: await postgres.createDatabase(), poolMax: 8 }),
}
/** Nothing of it but aliases is asked here. */
const registryOf = async (db: Database) =>
  createModelRegistry({
    ...{ db, clock, audit, packagesFolder: path.join(folder, 'packages'), bytesMax: 1_000_000 },
    blobs: await openFilesystemBlobs(path.join(folder, 'blobs')),
    key: await openSigningKey(path.join(folder, 'key')),
  })
const by = { actor: 'kim', reason: 'so' }
const served = (version: number) => ({ version, contractText: `name: gate # ${version}`, contractDigest: 'c'.repeat(64) })
const begin = (version: number, store: ReleaseStore, approvalsNeeded = 0) =>
  createRelease(
    {
      ...served(version),
      ...{ deployment: 'gate', model: 'delay', champion: 1, approvalsNeeded, ...by },
      steps: ['shadow 10%', 'canary 20%', 'full'],
    },
    store,
  )

describe.each(Object.entries(stores))('releases in %s', (_, place) => {
  const on = (run: (store: ReleaseStore) => Promise<void>) => async (context: { skip(note: string): void }) => {
    const options = await place()
    if (options === undefined) return context.skip('no PostgreSQL here')
    const db = await openDatabase(options)
    try {
      await db.kysely.insertInto('model').values({ name: 'delay', created_at: 1, version_last: 3 }).execute()
      for (const version of [1, 2, 3])
        await db.kysely
          .insertInto('version')
          .values({
            model: 'delay',
            version,
            digest: `d${version}`,
            format: 'onnx',
            bytes: 1,
            run_id: null,
            created_at: 1,
            created_by: 'x',
            content_digest: null,
          })
          .execute()
      const deployments = createDeploymentRepository({ db, clock, audit })
      await deployments.launch({ name: 'gate', model: 'delay', target: 'local', actor: 'kim', ...served(1) })
      await run({ db, clock, ids: createIds(clock), audit, deployments, registry: await registryOf(db) })
    } finally {
      await db.close()
    }
  }
  const traffic = async ({ deployments }: ReleaseStore) =>
    (await deployments.get('gate')).variants.map(({ name, role, version, share }) => `${name} ${role} ${version} ${share}`)

  test(
    'from the first step to the last, each with its traffic',
    on(async (store) => {
      const releases = createReleaseRepository(store.db)
      const first = await begin(2, store)
      expect(first).toMatchObject({
        state: { kind: 'running', step: 0 },
        champion: 1,
        version: 2,
        contractText: 'name: gate # 2',
      })
      expect(await traffic(store)).toEqual(['champion answer 1 1', 'challenger shadow 2 0.1'])
      clock.advance(1_000)
      await enterStep(first, 1, { outcome: 'time', by }, store)
      expect(await traffic(store)).toEqual(['champion answer 1 0.8', 'challenger answer 2 0.2'])
      const second = await releases.get('gate')
      await holdRelease(second, by, store)
      const held = await releases.get('gate')
      expect(held.state).toMatchObject({ kind: 'holding', step: 1, by: 'kim', explanation: 'so' })
      clock.advance(1_000)
      await resumeRelease(held, { actor: 'ada' }, store)
      expect((await releases.get('gate')).stepRecords).toMatchObject([
        { step: { text: 'shadow 10%' }, outcome: 'time', endedAt: second.stepRecords[1]!.startedAt },
        { step: { text: 'canary 20%' }, countedFrom: clock.now(), shiftAcceptedBy: 'ada' },
      ])
      await enterStep((await releases.findOpen('gate'))!, 2, { outcome: 'win', by }, store)
      expect(await traffic(store)).toEqual(['champion answer 2 1', 'standby answer 1 0'])
      expect((await (await registryOf(store.db)).getModel('delay')).aliases).toEqual({ champion: 2 })
      expect(await releases.get(first.id)).toMatchObject({ state: { kind: 'promoted' }, finishedAt: clock.now() })
      expect(await releases.listOpen()).toEqual([])
      expect(await createAuditLog({ db: store.db, clock }).verify()).toMatchObject({ whole: true })
    }),
  )

  test(
    'one release at a time, and of changes that come at once one is done',
    on(async (store) => {
      const begun = await Promise.allSettled([2, 3, 2].map((version) => begin(version, store, 1)))
      expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const refused = begun.find((one) => one.status === 'rejected')
      expect(refused?.reason).toMatchObject({ code: 'RELEASE_RUNNING', status: 409 })
      const releases = createReleaseRepository(store.db)
      const release = await releases.get('gate')
      expect(release).toMatchObject({ state: { kind: 'waiting-for-approval' }, approvals: [] })
      expect(await traffic(store)).toEqual(['champion answer 1 1'])
      const end = { outcome: 'by-hand', by } as const
      const changes = [
        enterStep(release, 0, end, store),
        enterStep(release, 0, end, store),
        abortRelease(release, end, store),
        promoteNow(release, end, store),
      ]
      const done = await Promise.allSettled(changes)
      expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const one of done) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'RELEASE_STATE_UNFIT' })
    }),
  )

  test(
    'an aborted release leaves the champion alone, and its pages follow each other',
    on(async (store) => {
      const releases = createReleaseRepository(store.db)
      for (const version of [2, 3, 2]) await abortRelease(await begin(version, store), { outcome: 'loss', by }, store)
      expect(await traffic(store)).toEqual(['champion answer 1 1'])
      const first = await releases.list({ deployment: 'gate', limit: 2 })
      const second = await releases.list({ deployment: 'gate', limit: 2, cursor: first.next })
      expect([...first.items, ...second.items].map(({ version }) => version)).toEqual([2, 3, 2])
      expect((await releases.get('gate')).stepRecords).toMatchObject([{ outcome: 'loss' }])
      await expect(releases.get('gaet')).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' })
      await store.deployments.stop('gate', { actor: 'kim' })
      await expect(begin(2, store)).rejects.toMatchObject({ code: 'DEPLOYMENT_NOT_LIVE' })
      expect(await releases.findOpen('gate')).toBeUndefined()
    }),
  )
})
