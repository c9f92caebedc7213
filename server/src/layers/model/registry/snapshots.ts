/** The exact data that a version was trained or judged on: which blob, for which purpose, and which of them is the last. */
import type { Kysely } from 'kysely'
import type { Authorship } from '../../../kernel/page.ts'
import { BlobMissing } from '../../../platform/blobs/errors.ts'
import type { DatabaseSchema, SnapshotTable } from '../../../platform/db/schema.ts'
import { SnapshotNotFound } from './errors.ts'
import type { Snapshot } from './registry.ts'
import { authorOf, holdModel, type RegistryStore } from './registry-store.ts'

type Reader = Kysely<DatabaseSchema>
type Purpose = Snapshot['purpose']
const SOURCE_LENGTH_MAX = 255

export async function pinSnapshot(
  { db, blobs, clock, audit }: RegistryStore,
  snapshot: Omit<Snapshot, 'bytes' | 'createdAt'>,
  by: Authorship,
): Promise<Snapshot> {
  const { model, purpose, digest, rows } = snapshot
  const blob = await blobs.find(digest)
  if (blob === undefined) throw new BlobMissing({ digest })
  const { bytes } = blob
  const now = clock.now()
  const source = snapshot.source.toWellFormed().replaceAll('\0', '').slice(0, SOURCE_LENGTH_MAX)
  return db.transaction(async (tx) => {
    await holdModel(tx, model)
    const last = await findSnapshot(tx, model, purpose)
    if (last?.digest === digest) return last
    // Two in one millisecond have an order all the same.
    const createdAt = Math.max(now, (last?.createdAt ?? 0) + 1)
    const row = { digest, purpose, model, rows, bytes, source, created_at: createdAt }
    await tx
      .insertInto('snapshot')
      .values(row)
      .onConflict((conflict) => conflict.columns(['model', 'purpose', 'digest']).doUpdateSet({ created_at: createdAt }))
      .execute()
    await audit.append(tx, {
      action: 'snapshot.pin',
      subject: `${model}/snapshots/${purpose}`,
      ...authorOf(by),
      ...(last === undefined ? {} : { before: { digest: last.digest } }),
      after: { digest, rows, bytes, source },
    })
    return snapshotOf(row)
  })
}

/** The one that was pinned last. */
export async function findSnapshot(db: Reader, model: string, purpose: Purpose): Promise<Snapshot | undefined> {
  const row = await db
    .selectFrom('snapshot')
    .selectAll()
    .where('model', '=', model)
    .where('purpose', '=', purpose)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? undefined : snapshotOf(row)
}

/** Throws SnapshotNotFound. */
export async function getSnapshot(db: Reader, model: string, purpose: Purpose, digest: string): Promise<Snapshot> {
  const row = await db
    .selectFrom('snapshot')
    .selectAll()
    .where('model', '=', model)
    .where('purpose', '=', purpose)
    .where('digest', '=', digest)
    .executeTakeFirst()
  if (row === undefined) throw new SnapshotNotFound({ model: model.slice(0, 80), purpose, digest: digest.slice(0, 80) })
  return snapshotOf(row)
}

const snapshotOf = (row: SnapshotTable): Snapshot =>
  Object.freeze({
    digest: row.digest,
    purpose: row.purpose as Purpose,
    model: row.model,
    rows: row.rows,
    bytes: row.bytes,
    source: row.source,
    createdAt: row.created_at,
  })
