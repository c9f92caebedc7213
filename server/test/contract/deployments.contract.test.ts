/** What is live and what was checked, in both stores of metadata. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createManualClock } from '../../src/kernel/clock.ts'
import { createAuditLog, createAuditTrail } from '../../src/layers/collaboration/index.ts'
import { type CheckReport, createCheckRepository } from '../../src/layers/evolution/index.ts'
import { createDeploymentRepository, type DeploymentRecord, type TrafficChange } from '../../src/layers/serving/index.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { openDatabase } from '../../src/platform/db/open-database.ts'
import { openSigningKey, type SigningKey } from '../../src/platform/keys/signing-key.ts'
import { type PostgresServer, startPostgres } from '../fixtures/postgres-server.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-deployments-'))
const clock = createManualClock(1_750_000_000_000)
const audit = createAuditTrail({ clock })
let key: SigningKey
let otherKey: SigningKey
let postgres: PostgresServer | undefined
beforeAll(async () => {
  postgres = await startPostgres()
  key = await openSigningKey(folder)
  otherKey = await openSigningKey(mkdtempSync(path.join(folder, 'key-')))
}, 60_000)
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

let count = 0
const stores = {
  sqlite: async () => ({ file: path.join(folder, `${(count += 1)}.sqlite`), busyMsMax: 10_000 }),
  postgres: async () => (postgres === undefined ? undefined : { url: await postgres.createDatabase(), poolMax: 8 }),
}
const hex = (digit: string) => digit.repeat(64)

describe.each(Object.entries(stores))('deployments and checks in %s', (_, place) => {
  const on = (run: (db: Database) => Promise<void>) => async (context: { skip(note: string): void }) => {
    const options = await place()
    if (options === undefined) return context.skip('no PostgreSQL here')
    const db = await openDatabase(options)
    try {
      for (const name of ['delay', 'fraud'])
        await db.kysely.insertInto('model').values({ name, created_at: 1, version_last: 3 }).execute()
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
          })
          .execute()
      await run(db)
    } finally {
      await db.close()
    }
  }
  const repositoryOf = (db: Database) => createDeploymentRepository({ db, clock, audit })
  const entriesOf = async (db: Database) => (await createAuditLog({ db, clock }).list({ limit: 100 })).items.toReversed()
  const launchOf = (version: number, more: object = {}) => ({
    ...{
      name: 'gate',
      model: 'delay',
      version,
      target: 'local',
      contractText: 'name: gate',
      contractDigest: hex('c'),
      actor: 'kim',
    },
    ...more,
  })

  test(
    'a launch replaces the champion, raises the revision, and is audited with what was before',
    on(async (db) => {
      const deployments = repositoryOf(db)
      const first = await deployments.launch(launchOf(1, { checkId: 'check-1' }))
      expect(first).toMatchObject({ name: 'gate', model: 'delay', state: 'live', revision: 1, contractText: 'name: gate' })
      clock.advance(1_000)
      const second = await deployments.launch(launchOf(2, { overrideReason: 'the old one is wrong', reason: 'hurry' }))
      expect(second).toMatchObject({ revision: 2, createdAt: first.createdAt, updatedAt: first.updatedAt + 1_000 })
      expect(second.variants).toEqual([
        {
          name: 'champion',
          role: 'answer',
          version: 2,
          share: 1,
          overrideReason: 'the old one is wrong',
          launchedAt: clock.now(),
          launchedBy: 'kim',
        },
        {
          ...{ name: 'standby', role: 'answer', version: 1, share: 0, checkId: 'check-1' },
          ...{ launchedAt: first.updatedAt, launchedBy: 'kim', contractText: 'name: gate', contractDigest: hex('c') },
        },
      ])
      expect(await deployments.get('gate')).toEqual(second)
      const entries = await entriesOf(db)
      expect(entries.map(({ action, subject, reason }) => [action, subject, reason])).toEqual([
        ['deployment.launch', 'deployment/gate', undefined],
        ['deployment.launch', 'deployment/gate', 'hurry'],
        ['deployment.override', 'deployment/gate', 'the old one is wrong'],
      ])
      expect(entries[0]!.before).toBeUndefined()
      expect(entries[1]).toMatchObject({
        before: { revision: 1, versions: [{ version: 1, check: 'check-1' }] },
        after: { revision: 2, versions: [{ version: 2 }, { variant: 'standby', version: 1 }] },
      })
    }),
  )

  test(
    'launches at once follow each other, and none is lost',
    on(async (db) => {
      const deployments = repositoryOf(db)
      await Promise.all([1, 2, 3, 1, 2, 3].map((version) => deployments.launch(launchOf(version))))
      const entries = await entriesOf(db)
      const revisions = entries.map(({ after }) => (after as { revision: number }).revision)
      expect(revisions).toEqual([1, 2, 3, 4, 5, 6])
      for (const [i, { before }] of entries.entries()) if (i > 0) expect(before).toEqual(entries[i - 1]!.after)
      expect((await deployments.get('gate')).variants.map(({ name }) => name)).toEqual(['champion', 'standby'])
      expect(await createAuditLog({ db, clock }).verify()).toMatchObject({ whole: true, entries: 6 })
    }),
  )

  test(
    'a deployment stays with its model, and a launch that is refused leaves no trace',
    on(async (db) => {
      const deployments = repositoryOf(db)
      const before = await deployments.launch(launchOf(1))
      await expect(deployments.launch(launchOf(1, { model: 'fraud' }))).rejects.toMatchObject({
        code: 'DEPLOYMENT_OF_OTHER_MODEL',
        status: 409,
      })
      await expect(deployments.launch(launchOf(1, { name: 'Gate 7' }))).rejects.toMatchObject({ code: 'DEPLOYMENT_NAME_INVALID' })
      expect(await deployments.get('gate')).toEqual(before)
      expect(await entriesOf(db)).toHaveLength(1)
    }),
  )

  test(
    'a challenger comes beside the champion, takes its place, and the versions before it are kept for going back',
    on(async (db) => {
      const deployments = repositoryOf(db)
      await deployments.launch(launchOf(1))
      await deployments.launch(launchOf(2))
      const three = { version: 3, contractText: 'name: gate # 3', contractDigest: hex('d') }
      const move = (change: Partial<TrafficChange>) =>
        db.transaction((tx) => deployments.moveTraffic(tx, { name: 'gate', action: 'test', ...change }, { actor: 'kim' }))
      const sharesOf = ({ variants }: DeploymentRecord) => variants.map((one) => [one.name, one.role, one.version, one.share])
      expect(sharesOf(await move({ challenger: { ...three, role: 'shadow', share: 0.1 } }))).toEqual([
        ['champion', 'answer', 2, 1],
        ['challenger', 'shadow', 3, 0.1],
        ['standby', 'answer', 1, 0],
      ])
      const canary = await move({ challenger: { ...three, role: 'answer', share: 0.25 } })
      expect(sharesOf(canary).slice(0, 2)).toEqual([
        ['champion', 'answer', 2, 0.75],
        ['challenger', 'answer', 3, 0.25],
      ])
      expect(canary).toMatchObject({ contractText: 'name: gate', revision: 4 })
      expect(canary.variants[1]).toMatchObject({ contractText: 'name: gate # 3' })
      expect(sharesOf(await move({}))).toEqual([
        ['champion', 'answer', 2, 1],
        ['standby', 'answer', 1, 0],
      ])
      const promoted = await move({ champion: { ...three, how: 'release' } })
      expect(promoted).toMatchObject({ contractText: 'name: gate # 3', contractDigest: hex('d'), revision: 6 })
      expect(sharesOf(promoted)).toEqual([
        ['champion', 'answer', 3, 1],
        ['standby', 'answer', 2, 0],
      ])
      const back = { version: 2, contractText: 'name: gate', contractDigest: hex('c') }
      const rolledBack = await move({ champion: { ...back, how: 'rollback', rollbackId: 'r1' } })
      expect(rolledBack).toMatchObject({ contractText: 'name: gate' })
      expect(sharesOf(rolledBack)).toEqual([
        ['champion', 'answer', 2, 1],
        ['standby', 'answer', 1, 0],
      ])
      expect((await deployments.listFormer('gate')).map(({ version }) => version)).toEqual([1])
      const again = await move({ champion: { ...back, how: 'rollback', rollbackId: 'r1' } })
      expect(sharesOf(again)).toEqual(sharesOf(rolledBack))
      const first = await deployments.listChampions('gate', { limit: 2 })
      const second = await deployments.listChampions('gate', { limit: 2, cursor: first.next })
      expect([...first.items, ...second.items].map(({ version, how }) => [version, how])).toEqual([
        [2, 'rollback'],
        [3, 'release'],
        [2, 'launch'],
        [1, 'launch'],
      ])
      expect(second.next).toBeUndefined()
      await expect(db.kysely.deleteFrom('champion').execute()).rejects.toThrow(/append-only/)
      await deployments.stop('gate', { actor: 'kim' })
      await expect(move({})).rejects.toMatchObject({ code: 'DEPLOYMENT_NOT_LIVE' })
    }),
  )

  test(
    'stopping is audited once, takes it from the live ones, and a launch brings it back',
    on(async (db) => {
      const deployments = repositoryOf(db)
      await deployments.launch(launchOf(1))
      const stopped = await deployments.stop('gate', { actor: 'kim', reason: 'winter' })
      expect(stopped).toMatchObject({ state: 'stopped', revision: 2 })
      expect(await deployments.stop('gate', { actor: 'kim' })).toEqual(stopped)
      expect(await deployments.listLive()).toEqual([])
      expect((await entriesOf(db)).slice(1)).toMatchObject([
        { action: 'deployment.stop', reason: 'winter', before: { state: 'live', revision: 1 }, after: { state: 'stopped' } },
      ])
      expect(await deployments.launch(launchOf(2))).toMatchObject({ state: 'live', revision: 3 })
    }),
  )

  test(
    'an unknown name is answered with the nearest, and pages follow each other by name',
    on(async (db) => {
      const deployments = repositoryOf(db)
      await expect(deployments.get('gate')).rejects.toMatchObject({
        code: 'DEPLOYMENT_NOT_FOUND',
        hint: expect.stringMatching(/Launch/),
      })
      for (const name of ['gate', 'arrivals', 'crew']) await deployments.launch(launchOf(1, { name }))
      await expect(deployments.stop('gaet', { actor: 'kim' })).rejects.toThrow(/did you mean "gate"/)
      expect(await deployments.find('gaet')).toBeUndefined()
      const first = await deployments.list({ limit: 2 })
      const second = await deployments.list({ limit: 2, cursor: first.next })
      expect([first, second].map(({ items }) => items.map(({ name }) => name))).toEqual([['arrivals', 'crew'], ['gate']])
      expect(second.next).toBeUndefined()
      expect(first.items[0]!.variants).toHaveLength(1)
    }),
  )

  const reportOf = (id: string, more: Partial<CheckReport> = {}): CheckReport => ({
    ...{ format: 'seaworthy-check/1', id, model: 'delay', version: 1, versionDigest: 'd1', snapshotRows: 10 },
    ...{ contractDigest: hex('c'), snapshotDigest: hex('5'), verdict: 'pass', machine: { cores: 2 } },
    gates: [
      {
        gate: 'quality',
        path: 'sufficient.quality.roc-auc',
        measured: 'roc-auc',
        verdict: 'pass',
        value: 0.7,
        explanation: 'Good.',
      },
    ],
    createdAt: clock.now(),
    createdBy: 'kim',
    ...more,
  })

  test(
    'a report is kept as it was signed, and told from one that somebody changed or signed elsewhere',
    on(async (db) => {
      const checks = createCheckRepository({ db, key, audit })
      await checks.add(reportOf('a'))
      const kept = await checks.get('a')
      expect(kept).toMatchObject({ genuine: true, keyId: key.keyId, report: reportOf('a'), verdict: 'pass' })
      expect(kept.text.join('\n')).toContain('✓ quality  roc-auc  0.7')
      expect(await checks.findPassing('delay', 1, hex('c'))).toMatchObject({ id: 'a' })
      expect(await entriesOf(db)).toMatchObject([
        { action: 'check.run', subject: 'delay@1', actor: 'kim', after: { check: 'a' } },
      ])
      expect(await createCheckRepository({ db, key: otherKey, audit }).get('a')).toMatchObject({ genuine: false })
      await expect(db.kysely.updateTable('check_report').set({ verdict: 'fail' }).execute()).rejects.toThrow(/append-only/)
      await expect(checks.get('b')).rejects.toMatchObject({ code: 'CHECK_NOT_FOUND', status: 404 })
    }),
  )

  test(
    'a row that was written past the program opens nothing',
    on(async (db) => {
      const checks = createCheckRepository({ db, key, audit })
      await checks.add(reportOf('a', { verdict: 'fail' }))
      const copy = (columns: string) =>
        sql`insert into check_report select ${sql.raw(columns)}, report, signature, key_id, created_at, created_by from check_report where id = 'a'`.execute(
          db.kysely,
        )
      await copy(`'forged', model, version, contract_digest, snapshot_digest, 'pass'`)
      await copy(`'moved', model, 2, contract_digest, snapshot_digest, 'pass'`)
      expect(await checks.get('forged')).toMatchObject({ genuine: false })
      expect(await checks.findPassing('delay', 1, hex('c'))).toBeUndefined()
      expect(await checks.findPassing('delay', 2, hex('c'))).toBeUndefined()
    }),
  )

  test(
    'checks are listed newest first in pages, and only a passing one of the same version and contract counts',
    on(async (db) => {
      const checks = createCheckRepository({ db, key, audit })
      for (const [i, verdict] of (['pass', 'fail', 'pass', 'not-enough-data'] as const).entries()) {
        clock.advance(i === 2 ? 0 : 5)
        await checks.add(reportOf(`check-${i}`, { verdict, createdAt: clock.now() }))
      }
      const first = await checks.list('delay', 1, { limit: 3 })
      const second = await checks.list('delay', 1, { limit: 3, cursor: first.next })
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(['check-3', 'check-2', 'check-1', 'check-0'])
      expect(second.next).toBeUndefined()
      expect(await checks.findPassing('delay', 1, hex('c'))).toMatchObject({ id: 'check-2' })
      expect(await checks.findPassing('delay', 2, hex('c'))).toBeUndefined()
      expect(await checks.findPassing('delay', 1, hex('d'))).toBeUndefined()
    }),
  )
})
