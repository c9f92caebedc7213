/** One suite for the registry on both stores of metadata. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/kernel/clock.ts'
import { createAuditLog, createAuditTrail } from '../../src/layers/collaboration/index.ts'
import { openPackage } from '../../src/layers/model/data-plane.ts'
import { createModelRegistry } from '../../src/layers/model/registry/model-registry.ts'
import type { ModelRegistry } from '../../src/layers/model/registry/registry.ts'
import { openFilesystemBlobs } from '../../src/platform/blobs/filesystem-blobs.ts'
import type { AuditTrail } from '../../src/platform/db/audit-trail.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { openDatabase } from '../../src/platform/db/open-database.ts'
import { openSigningKey } from '../../src/platform/keys/signing-key.ts'
import { type PostgresServer, startPostgres } from '../fixtures/postgres-server.ts'
import { treesFiles, writeFiles } from '../fixtures/sealed-package.ts'
import { treesSample, treesSignature } from '../fixtures/synthetic-trees.ts'

const root = mkdtempSync(path.join(tmpdir(), 'seaworthy-registry-'))
let postgres: PostgresServer | undefined
beforeAll(async () => void (postgres = await startPostgres()), 60_000)
afterAll(async () => {
  await postgres?.stop()
  rmSync(root, { recursive: true, force: true })
})

let count = 0
const stores = {
  sqlite: async () => ({ file: path.join(root, `${(count += 1)}.sqlite`), busyMsMax: 10_000 }),
  postgres: async () => (postgres === undefined ? undefined : { url: await postgres.createDatabase(), poolMax: 8 }),
}
const ada = { actor: 'ada', reason: 'the spring model' }

function draftOf(seed: number, model = 'flight-delay') {
  const folder = mkdtempSync(path.join(root, 'draft-'))
  writeFiles(folder, treesFiles(2, seed))
  return { model, modelFormat: 'onnx', folder, modelFile: 'model/model.onnx' }
}

interface Place {
  readonly db: Database
  readonly registry: ModelRegistry
  /** The registry of a second program on the same state. */
  readonly other: ModelRegistry
  readonly home: string
  /** A registry whose audit trail breaks. */
  readonly broken: ModelRegistry
}

describe.each(Object.entries(stores))('the registry in %s', (_, place) => {
  const on = (run: (place: Place) => Promise<void>) => async (context: { skip(note: string): void }) => {
    const options = await place()
    if (options === undefined) return context.skip('no PostgreSQL here')
    const home = mkdtempSync(path.join(root, 'home-'))
    const [db, second] = await Promise.all([openDatabase(options), openDatabase(options)])
    const shared = {
      blobs: await openFilesystemBlobs(path.join(home, 'blobs')),
      key: await openSigningKey(path.join(home, 'key')),
      clock: systemClock,
      audit: createAuditTrail({ clock: systemClock }),
      packagesFolder: path.join(home, 'packages'),
      bytesMax: 10_000_000,
    }
    const audit: AuditTrail = { append: () => Promise.reject(new Error('the power went')) }
    try {
      const registry = createModelRegistry({ ...shared, db })
      const broken = createModelRegistry({ ...shared, db, audit })
      await run({ db, registry, broken, other: createModelRegistry({ ...shared, db: second }), home })
    } finally {
      await Promise.all([db.close(), second.close()])
    }
  }

  test(
    'a version is kept with its files, told by its documents, and recorded',
    on(async ({ db, registry }) => {
      const { version, created } = await registry.addVersion({ ...draftOf(1), runId: 'run-1' }, ada)
      expect(created).toBe(true)
      expect(version).toMatchObject({
        model: 'flight-delay',
        version: 1,
        format: 'onnx',
        createdBy: 'ada',
        runId: 'run-1',
        aliases: [],
      })
      expect(await registry.getVersion('flight-delay', 1)).toEqual(version)
      const detail = await registry.getVersionDetail('flight-delay', 1)
      expect(detail).toMatchObject({
        ...version,
        signature: treesSignature,
        sample: treesSample,
        metrics: { 'roc-auc': 0.7 },
        lineage: { seed: 1 },
        environment: {},
        contractText: 'name: flight-delay\n',
      })
      expect(detail.files.map((file) => file.path)).toEqual(Object.keys(treesFiles()).toSorted())
      const { items } = await createAuditLog({ db, clock: systemClock }).list({ limit: 10 })
      expect(items).toMatchObject([
        {
          action: 'version.push',
          subject: 'flight-delay@1',
          actor: 'ada',
          reason: ada.reason,
          after: { digest: version.digest, run: 'run-1' },
        },
      ])
    }),
  )

  test(
    'many pushes at once in two programs give every number once, without a gap',
    on(async ({ db, registry, other }) => {
      const pushes = Array.from({ length: 24 }, (_, i) => (i % 2 === 0 ? registry : other).addVersion(draftOf(i), ada))
      const added = await Promise.all(pushes)
      expect(added.map(({ version }) => version.version).toSorted((a, b) => a - b)).toEqual(Array.from(added, (_, i) => i + 1))
      expect(new Set(added.map(({ version }) => version.digest)).size).toBe(24)
      expect((await registry.getModel('flight-delay')).versionLast).toBe(24)
      const log = createAuditLog({ db, clock: systemClock })
      expect((await log.list({ limit: 100, action: 'version.push' })).items).toHaveLength(24)
      expect(await log.verify()).toMatchObject({ whole: true })
    }),
  )

  test(
    'the same content pushed by many at once is one version',
    on(async ({ db, registry, other }) => {
      const pushes = Array.from({ length: 10 }, (_, i) =>
        (i % 2 === 0 ? registry : other).addVersion(draftOf(1), { actor: `p${i}` }),
      )
      const added = await Promise.all(pushes)
      expect(added.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(added.map(({ version }) => version.digest)).size).toBe(1)
      expect((await registry.addVersion(draftOf(2), ada)).version.version).toBe(2)
      await registry.setAlias({ model: 'flight-delay', alias: 'champion', version: 1, ...ada })
      expect(await registry.addVersion(draftOf(1), ada)).toMatchObject({
        created: false,
        version: { version: 1, aliases: ['champion'] },
      })
      expect((await registry.addVersion(draftOf(1, 'another'), ada)).version).toMatchObject({ model: 'another', version: 1 })
      expect((await createAuditLog({ db, clock: systemClock }).list({ limit: 100, action: 'version.push' })).items).toHaveLength(
        3,
      )
    }),
  )

  test(
    'a push that dies between its files and its row leaves no version, no number and no entry, and can be done again',
    on(async ({ db, registry, broken, home }) => {
      await registry.addVersion(draftOf(1), ada)
      await expect(broken.addVersion(draftOf(2), ada)).rejects.toThrow('the power went')
      await expect(broken.addVersion(draftOf(2, 'fresh'), ada)).rejects.toThrow('the power went')
      expect(await registry.getModel('flight-delay')).toMatchObject({ versionLast: 1 })
      await expect(registry.getModel('fresh')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
      await expect(broken.setAlias({ model: 'flight-delay', alias: 'champion', version: 1, ...ada })).rejects.toThrow(
        'the power went',
      )
      expect((await registry.getModel('flight-delay')).aliases).toEqual({})
      const { version, created } = await registry.addVersion(draftOf(2), ada)
      expect({ created, version: version.version }).toEqual({ created: true, version: 2 })
      expect(await createAuditLog({ db, clock: systemClock }).verify()).toMatchObject({ whole: true })
      expect(readdirSync(path.join(home, 'blobs', 'incoming'))).toEqual([])
    }),
  )

  test(
    'an alias moves and the record says who moved it from where; two at once end with one',
    on(async ({ db, registry, other }) => {
      for (const seed of [1, 2, 3]) await registry.addVersion(draftOf(seed), ada)
      const set = (by: ModelRegistry, version: number) =>
        by.setAlias({ model: 'flight-delay', alias: 'champion', version, ...ada })
      expect((await set(registry, 1)).aliases).toEqual({ champion: 1 })
      await set(registry, 1)
      await Promise.all([set(registry, 2), set(other, 3)])
      const { champion } = (await registry.getModel('flight-delay')).aliases
      const { items } = await createAuditLog({ db, clock: systemClock }).list({ limit: 10, action: 'alias.set' })
      const moves = items.map(({ before, after }) => [before, after])
      const first = champion === 3 ? 2 : 3
      expect(moves).toEqual([
        [{ version: first }, { version: champion }],
        [{ version: 1 }, { version: first }],
        [undefined, { version: 1 }],
      ])
      expect((await registry.listVersions('flight-delay', { limit: 10 })).items.map((item) => item.aliases)).toEqual(
        champion === 3 ? [['champion'], [], []] : [[], ['champion'], []],
      )
    }),
  )

  test(
    'what is not there is told with what is',
    on(async ({ registry }) => {
      await registry.addVersion(draftOf(1), ada)
      await expect(registry.getModel('flight-dealy')).rejects.toMatchObject({
        code: 'MODEL_NOT_FOUND',
        message: expect.stringContaining('did you mean "flight-delay"'),
      })
      await expect(registry.listVersions('nothing', { limit: 1 })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
      await registry.addVersion(draftOf(2), ada)
      for (const version of [0, 3, 1.5, -1, 2 ** 31, 2 ** 53, Number.NaN])
        await expect(registry.getVersion('flight-delay', version)).rejects.toMatchObject({
          code: 'VERSION_NOT_FOUND',
          hint: 'flight-delay has the versions 1 to 2.',
        })
      const alias = (name: string, version = 1, model = 'flight-delay') =>
        registry.setAlias({ model, alias: name, version, ...ada })
      await expect(alias('champion', 9)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' })
      await expect(alias('champion', 1, 'nothing')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
      for (const name of ['', '12', 'Champion', 'a b', 'a@b', 'x'.repeat(64)])
        await expect(alias(name)).rejects.toMatchObject({ code: 'NAME_INVALID' })
      expect(Object.entries((await alias('constructor')).aliases)).toEqual([['constructor', 1]])
      for (const name of ['', '../x', 'A', 'a/b', 'x'.repeat(64)])
        await expect(registry.addVersion(draftOf(1, name), ada)).rejects.toMatchObject({ code: 'NAME_INVALID' })
    }),
  )

  test(
    'lists come in pages',
    on(async ({ registry }) => {
      for (const seed of [1, 2, 3, 4, 5]) await registry.addVersion(draftOf(seed), ada)
      for (const name of ['b', 'a', 'c']) await registry.addVersion(draftOf(1, name), ada)
      const first = await registry.listVersions('flight-delay', { limit: 2 })
      expect([first.items.map((item) => item.version), first.next]).toEqual([[5, 4], '4'])
      const last = await registry.listVersions('flight-delay', { limit: 3, cursor: '4' })
      expect([last.items.map((item) => item.version), last.next]).toEqual([[3, 2, 1], undefined])
      await expect(registry.listVersions('flight-delay', { limit: 3, cursor: '4; drop' })).rejects.toMatchObject({ status: 400 })
      const models = await registry.listModels({ limit: 3 })
      expect([models.items.map((item) => item.name), models.next]).toEqual([['a', 'b', 'c'], 'c'])
      expect((await registry.listModels({ limit: 3, cursor: 'c' })).items).toMatchObject([
        { name: 'flight-delay', versionLast: 5 },
      ])
    }),
  )

  test(
    'a version opens verified, from blobs, once, and a damaged copy is made anew',
    on(async ({ registry, home }) => {
      const { version } = await registry.addVersion(draftOf(1), ada)
      const opened = await Promise.all(Array.from({ length: 5 }, () => registry.openVersion('flight-delay', 1)))
      expect(new Set(opened).size).toBe(1)
      expect(opened[0]).toMatchObject({
        digest: version.digest,
        manifest: { version: 1, createdBy: 'ada' },
        signature: treesSignature,
      })
      expect(readdirSync(path.join(home, 'packages'))).toEqual([version.digest])
      const content = readFileSync(opened[0]!.modelFile)
      writeFileSync(opened[0]!.modelFile, 'damaged')
      expect(readFileSync((await registry.openVersion('flight-delay', 1)).modelFile).equals(content)).toBe(true)
      const [file] = (await registry.getVersionDetail('flight-delay', 1)).files.filter(({ path: name }) => name === 'sample.json')
      writeFileSync(path.join(home, 'blobs/sha256', file!.sha256.slice(0, 2), file!.sha256.slice(2)), 'x')
      rmSync(path.join(home, 'packages'), { recursive: true })
      await expect(registry.openVersion('flight-delay', 1)).rejects.toMatchObject({ code: 'BLOB_CORRUPT' })
      expect(readdirSync(path.join(home, 'packages'))).toEqual([])
    }),
  )

  test(
    'a version leaves as one file that opens anywhere with the same digest',
    on(async ({ registry, home }) => {
      const { version } = await registry.addVersion(draftOf(1), ada)
      const reply = await registry.archiveVersion('flight-delay', 1)
      const bytes = Buffer.concat(await reply.stream.toArray())
      expect([reply.name, reply.bytes]).toEqual(['flight-delay-1.seaworthy', bytes.byteLength])
      const file = path.join(home, reply.name)
      writeFileSync(file, bytes)
      const opened = await openPackage(file, { bytesMax: 10_000_000, cacheFolder: path.join(home, 'cache') })
      expect(opened.digest).toBe(version.digest)
      expect(version.digest).toBe(
        createHash('sha256')
          .update(readFileSync(path.join(opened.folder, 'manifest.json')))
          .digest('hex'),
      )
    }),
  )

  test(
    'a draft that could not be opened again is refused, and nothing of it is there',
    on(async ({ registry }) => {
      const refused = async (files: Readonly<Record<string, string>>, code = 'PACKAGE_MALFORMED') => {
        const draft = draftOf(1)
        writeFiles(draft.folder, files)
        await expect(registry.addVersion(draft, ada)).rejects.toMatchObject({ code })
      }
      await refused({ 'signature.json': '{}' })
      await refused({ 'sample.json': 'x' })
      await refused({ 'manifest.json': '{}' })
      await refused({ 'model/a:b': 'x' })
      await refused({ 'model/big.bin': 'x'.repeat(10_000_001) }, 'PACKAGE_TOO_LARGE')
      await expect(registry.addVersion({ ...draftOf(1), modelFile: 'model/none.onnx' }, ada)).rejects.toMatchObject({
        code: 'PACKAGE_MALFORMED',
      })
      expect((await registry.listModels({ limit: 1 })).items).toEqual([])
    }),
  )

  test(
    'snapshots are pinned by purpose, the last is found, and each pin is recorded once',
    on(async ({ db, registry, home }) => {
      await registry.addVersion(draftOf(1), ada)
      const blobs = await openFilesystemBlobs(path.join(home, 'blobs'))
      const [first, second] = await Promise.all(['a,b\n1,2\n', 'a,b\n3,4\n'].map((text) => blobs.put(Buffer.from(text))))
      const pin = (digest: string, purpose: 'training' | 'evaluation' = 'evaluation') =>
        registry.pinSnapshot({ digest, purpose, model: 'flight-delay', rows: 1, source: 'march.csv' }, ada)
      expect(await registry.findSnapshot('flight-delay', 'evaluation')).toBeUndefined()
      expect(await pin(first!.digest)).toMatchObject({ digest: first!.digest, bytes: 8, rows: 1, source: 'march.csv' })
      await pin(second!.digest)
      await pin(second!.digest)
      expect((await registry.findSnapshot('flight-delay', 'evaluation'))?.digest).toBe(second!.digest)
      await pin(first!.digest)
      expect((await registry.findSnapshot('flight-delay', 'evaluation'))?.digest).toBe(first!.digest)
      expect(await registry.findSnapshot('flight-delay', 'training')).toBeUndefined()
      expect((await registry.getSnapshot('flight-delay', 'evaluation', second!.digest)).bytes).toBe(8)
      await expect(registry.getSnapshot('flight-delay', 'training', second!.digest)).rejects.toMatchObject({
        code: 'SNAPSHOT_NOT_FOUND',
      })
      await expect(pin('0'.repeat(64))).rejects.toMatchObject({ code: 'BLOB_MISSING' })
      await expect(
        registry.pinSnapshot({ digest: first!.digest, purpose: 'training', model: 'nothing', rows: 1, source: 'x' }, ada),
      ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
      const { items } = await createAuditLog({ db, clock: systemClock }).list({ limit: 10, action: 'snapshot.pin' })
      expect(items.map(({ after }) => (after as { digest: string }).digest)).toEqual(
        [first, second, first].map((blob) => blob!.digest),
      )
    }),
  )
})
