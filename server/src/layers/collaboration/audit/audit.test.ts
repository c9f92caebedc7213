import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../../test/fixtures/postgres-server.ts'
import { createManualClock } from '../../../kernel/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { openDatabase } from '../../../platform/db/open-database.ts'
import { createAuditLog } from './audit-log.ts'
import { createAuditTrail } from './audit-trail.ts'
import { AUDIT_FIELD_BYTES_MAX } from './audit-trail.ts'
import { isGenuineCheckpoint } from './audit-checkpoint.ts'

const clock = createManualClock(1_750_000_000_000)
const trail = createAuditTrail({ clock })
const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-audit-'))
let postgres: PostgresServer | undefined
let count = 0

beforeAll(async () => {
  postgres = await startPostgres()
}, 30_000)
afterAll(async () => {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const openers = {
  sqlite: async () => openDatabase({ file: path.join(folder, `${(count += 1)}.sqlite`), busyMsMax: 10_000 }),
  postgres: async () =>
    postgres === undefined ? undefined : openDatabase({ url: await postgres.createDatabase(), poolMax: 10 }),
}

async function fill(db: Database, entries: number): Promise<void> {
  for (let i = 1; i <= entries; i++)
    await db.transaction((tx) =>
      trail.append(tx, {
        action: i % 2 === 0 ? 'alias.set' : 'version.push',
        subject: `flight-delay@${i}`,
        actor: 'ada',
        before: { version: i - 1 },
        after: { version: i, note: 'ünïcode "quoted"' },
        ...(i === 3 ? { reason: 'because' } : {}),
      }),
    )
}

/** What someone with the file or the password does first. */
async function disarm(db: Database): Promise<void> {
  const triggers =
    db.dialect === 'sqlite'
      ? ['drop trigger audit_entry_no_update', 'drop trigger audit_entry_no_delete']
      : ['drop trigger audit_entry_append_only on audit_entry']
  for (const trigger of triggers) await sql.raw(trigger).execute(db.kysely)
}

async function withDatabase(open: () => Promise<Database | undefined>, work: (db: Database) => Promise<void>): Promise<void> {
  const db = await open()
  if (db === undefined) return
  try {
    await work(db)
  } finally {
    await db.close()
  }
}

describe.each(Object.entries(openers))('appending on %s', (_, open) => {
  test('fifty appends at once make one chain, and those that are rolled back leave no gap', () =>
    withDatabase(open, async (db) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 60 }, (_, i) =>
          db.transaction(async (tx) => {
            await trail.append(tx, { action: 'test.append', subject: `thing/${i}`, actor: 'many' })
            if (i % 6 === 0) throw new Error('rolled back')
          }),
        ),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(50)
      const verdict = await createAuditLog({ db, clock }).verify()
      expect(verdict).toMatchObject({ whole: true, entries: 50 })
      const page = await createAuditLog({ db, clock }).list({ limit: 100 })
      expect(page.items.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 50 }, (_, i) => 50 - i))
    }))

  test('the database itself refuses to change or delete an entry', () =>
    withDatabase(open, async (db) => {
      await fill(db, 2)
      await expect(db.kysely.updateTable('audit_entry').set({ actor: 'eve' }).execute()).rejects.toThrow('append-only')
      await expect(db.kysely.deleteFrom('audit_entry').execute()).rejects.toThrow('append-only')
    }))
})

describe.each(Object.entries(openers))('a changed chain on %s', (_, open) => {
  test('a change of any field of any entry is found, and the first is named', () =>
    withDatabase(open, async (db) => {
      await fill(db, 5)
      await disarm(db)
      const log = createAuditLog({ db, clock })
      expect((await log.verify()).whole).toBe(true)
      const rows = await db.kysely.selectFrom('audit_entry').selectAll().where('sequence', '=', 3).execute()
      const changes = { time: 1, actor: 'eve', action: 'x', subject: 'x', before: '{}', after: null, reason: null } as const
      const hashes = { previous_hash: 'a'.repeat(64), hash: 'b'.repeat(64) }
      for (const [field, value] of Object.entries({ ...changes, ...hashes })) {
        await db.kysely
          .updateTable('audit_entry')
          .set({ [field]: value })
          .where('sequence', '=', 3)
          .execute()
        expect(await log.verify(), field).toMatchObject({ whole: false, entries: 2, broken: { sequence: 3 } })
        await db.kysely.updateTable('audit_entry').set(rows[0]!).where('sequence', '=', 3).execute()
      }
      expect((await log.verify()).whole).toBe(true)
    }))

  test('an entry that was removed, added, renumbered or swapped is found', () =>
    withDatabase(open, async (db) => {
      await fill(db, 5)
      await disarm(db)
      const log = createAuditLog({ db, clock })
      const kept = await db.kysely.selectFrom('audit_entry').selectAll().orderBy('sequence').execute()
      const restore = async () => {
        await db.kysely.deleteFrom('audit_entry').execute()
        await db.kysely.insertInto('audit_entry').values(kept).execute()
        expect((await log.verify()).whole).toBe(true)
      }
      const found = async () => (await log.verify()).broken
      await db.kysely.deleteFrom('audit_entry').where('sequence', '=', 2).execute()
      expect(await found()).toMatchObject({ sequence: 2, explanation: expect.stringContaining('missing') })
      await restore()
      await db.kysely.deleteFrom('audit_entry').where('sequence', '>', 3).execute()
      expect(await found()).toMatchObject({ sequence: 4, explanation: expect.stringContaining('the head says there are 5') })
      await restore()
      await db.kysely
        .insertInto('audit_entry')
        .values({ ...kept[4]!, sequence: 6 })
        .execute()
      expect(await found()).toMatchObject({ sequence: 6 })
      await restore()
      await db.kysely
        .insertInto('audit_entry')
        .values({ ...kept[0]!, sequence: 0 })
        .execute()
      expect(await found()).toMatchObject({ sequence: 1 })
      await restore()
      await db.kysely.deleteFrom('audit_entry').where('sequence', 'in', [2, 3]).execute()
      await db.kysely
        .insertInto('audit_entry')
        .values([
          { ...kept[1]!, sequence: 3 },
          { ...kept[2]!, sequence: 2 },
        ])
        .execute()
      expect(await found()).toMatchObject({ sequence: 2 })
    }))
})

describe.each(Object.entries(openers))('a cut chain on %s', (_, open) => {
  test('entries and head cut together look whole, and a checkpoint kept elsewhere shows it', () =>
    withDatabase(open, async (db) => {
      await fill(db, 5)
      const log = createAuditLog({ db, clock })
      const { privateKey, publicKey } = generateKeyPairSync('ed25519')
      const checkpoint = await log.exportHead({ keyId: 'k1', privateKey })
      expect(isGenuineCheckpoint(checkpoint, publicKey)).toBe(true)
      expect(isGenuineCheckpoint({ ...checkpoint, sequence: 4 }, publicKey)).toBe(false)
      expect((await log.verify({ checkpoints: [checkpoint] })).whole).toBe(true)
      await disarm(db)
      await db.kysely.deleteFrom('audit_entry').where('sequence', '>', 3).execute()
      const { hash } = await db.kysely
        .selectFrom('audit_entry')
        .select('hash')
        .where('sequence', '=', 3)
        .executeTakeFirstOrThrow()
      await db.kysely.updateTable('audit_head').set({ sequence: 3, hash }).execute()
      expect((await log.verify()).whole).toBe(true)
      expect((await log.verify({ checkpoints: [checkpoint] })).broken).toMatchObject({ sequence: 4 })
      await fill(db, 2)
      expect((await log.verify({ checkpoints: [checkpoint] })).broken).toMatchObject({ sequence: 5 })
    }))

  test('a head that was changed or removed is found', () =>
    withDatabase(open, async (db) => {
      await fill(db, 3)
      const log = createAuditLog({ db, clock })
      await db.kysely
        .updateTable('audit_head')
        .set({ hash: 'f'.repeat(64) })
        .execute()
      expect((await log.verify()).broken?.sequence).toBe(3)
      await db.kysely.deleteFrom('audit_head').execute()
      expect((await log.verify()).whole).toBe(false)
    }))
})

describe.each(Object.entries(openers))('reading on %s', (_, open) => {
  test('pages go from the newest to the oldest, by subject, action and actor', () =>
    withDatabase(open, async (db) => {
      await fill(db, 7)
      await db.transaction((tx) => trail.append(tx, { action: 'model.note', subject: 'flight-delay-2@1', actor: 'bob' }))
      const log = createAuditLog({ db, clock })
      const first = await log.list({ limit: 3, subject: 'flight-delay' })
      expect(first.items.map(({ sequence }) => sequence)).toEqual([7, 6, 5])
      const second = await log.list({ limit: 10, subject: 'flight-delay', cursor: first.next })
      expect(second.items.map(({ sequence }) => sequence)).toEqual([4, 3, 2, 1])
      expect(second.next).toBeUndefined()
      expect(second.items[1]).toMatchObject({ before: { version: 2 }, after: { version: 3 }, reason: 'because', actor: 'ada' })
      expect((await log.list({ limit: 10, action: 'alias.set', actor: 'ada' })).items).toHaveLength(3)
      expect((await log.list({ limit: 10, subject: 'flight-delay@2' })).items).toHaveLength(1)
      await expect(log.list({ limit: 1, cursor: 'x' })).rejects.toMatchObject({ code: 'AUDIT_CURSOR_INVALID' })
    }))

  test('text that a database would alter is altered before it is hashed', () =>
    withDatabase(open, async (db) => {
      await db.transaction((tx) =>
        trail.append(tx, { action: 'test', subject: 'a\0b', actor: 'lone \ud800 half', before: { 'k\0': '\ud800' }, reason: '' }),
      )
      expect(await createAuditLog({ db, clock }).verify()).toMatchObject({ whole: true, entries: 1 })
      const large = { action: 'test', subject: 's', actor: 'a', after: 'x'.repeat(AUDIT_FIELD_BYTES_MAX) }
      await expect(db.transaction((tx) => trail.append(tx, large))).rejects.toMatchObject({ code: 'AUDIT_EVENT_TOO_LARGE' })
    }))
})

test('the hash is the sha256 that anyone can compute from the row', async () => {
  const db = (await openers.sqlite())!
  await fill(db, 1)
  const { hash } = await db.kysely.selectFrom('audit_entry').select('hash').executeTakeFirstOrThrow()
  await db.close()
  const text = `{"action":"version.push","actor":"ada","after":"{\\"note\\":\\"ünïcode \\\\\\"quoted\\\\\\"\\",\\"version\\":1}","before":"{\\"version\\":0}","previousHash":"${'0'.repeat(64)}","reason":null,"sequence":1,"subject":"flight-delay@1","time":1750000000000}`
  expect(hash).toBe(createHash('sha256').update(text).digest('hex'))
})
