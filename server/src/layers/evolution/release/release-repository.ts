import type { Database } from '../../../platform/db/database.ts'
import { ReleaseNotFound } from './errors.ts'
import type { ReleaseDetail, ReleaseQuery, ReleaseRepository } from './release.ts'
import { readDetail, readOpen, readRelease, recordOf } from './release-records.ts'

export function createReleaseRepository({ kysely }: Database): ReleaseRepository {
  return Object.freeze<ReleaseRepository>({
    list: (query) => listReleases(kysely, query),
    get: (reference) => getRelease(kysely, reference),
    findOpen: async (deployment) => (await readOpen(kysely, deployment))[0],
    listOpen: () => readOpen(kysely),
  })
}

async function listReleases(db: Database['kysely'], { deployment, limit, cursor }: ReleaseQuery) {
  let query = db.selectFrom('release').selectAll().orderBy('id', 'desc')
  if (deployment !== undefined) query = query.where('deployment', '=', deployment)
  if (cursor !== undefined) query = query.where('id', '<', cursor)
  const rows = await query.limit(limit + 1).execute()
  const items = rows.slice(0, limit).map(recordOf)
  return rows.length > limit ? { items, next: items.at(-1)!.id } : { items }
}

async function getRelease(db: Database['kysely'], reference: string): Promise<ReleaseDetail> {
  const byId = await readRelease(db, reference)
  if (byId !== undefined) return readDetail(db, byId)
  const [newest] = (await listReleases(db, { deployment: reference, limit: 1 })).items
  if (newest === undefined) throw new ReleaseNotFound({ release: reference.slice(0, 100) })
  return readDetail(db, newest)
}
