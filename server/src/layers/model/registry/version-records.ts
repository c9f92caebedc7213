/** Reading models, versions and aliases. */
import type { Kysely } from 'kysely'
import { nearest } from '../../../kernel/nearest.ts'
import type { Page, PageRequest } from '../../../kernel/page.ts'
import type { DatabaseSchema, ModelTable, VersionTable } from '../../../platform/db/schema.ts'
import { ModelNotFound, VersionCursorInvalid, VersionNotFound } from './errors.ts'
import type { ModelRecord, VersionRecord } from './registry.ts'

/** The store, or a transaction on it. */
type Reader = Kysely<DatabaseSchema>

/** Names that a misspelt one is compared with. */
const NEAREST_AMONG_MAX = 5_000

/** In the order of their names. The cursor is the name after which the page begins. */
export async function listModels(db: Reader, { limit, cursor }: PageRequest): Promise<Page<ModelRecord>> {
  let query = db.selectFrom('model').selectAll().orderBy('name')
  if (cursor !== undefined) query = query.where('name', '>', cursor)
  const rows = await query.limit(limit + 1).execute()
  const page = rows.slice(0, limit)
  const aliases = await listAliases(
    db,
    page.map(({ name }) => name),
  )
  const items = page.map((row) => modelOf(row, aliases.get(row.name) ?? []))
  return rows.length > limit ? { items, next: items.at(-1)!.name } : { items }
}

/** Throws ModelNotFound with the nearest name. */
export async function getModel(db: Reader, name: string): Promise<ModelRecord> {
  const row = await db.selectFrom('model').selectAll().where('name', '=', name).executeTakeFirst()
  if (row === undefined) throw await modelNotFound(db, name)
  return modelOf(row, (await listAliases(db, [name])).get(name) ?? [])
}

export async function modelNotFound(db: Reader, name: string): Promise<Error> {
  const rows = await db.selectFrom('model').select('name').orderBy('name').limit(NEAREST_AMONG_MAX).execute()
  const meant = nearest(
    name.slice(0, 80),
    rows.map((row) => row.name),
  )
  return new ModelNotFound({ model: name.slice(0, 80), nearest: meant })
}

/** Newest first. The cursor is the number before which the page begins. Throws ModelNotFound, VersionCursorInvalid. */
export async function listVersions(db: Reader, model: string, { limit, cursor }: PageRequest): Promise<Page<VersionRecord>> {
  const { aliases } = await getModel(db, model)
  let query = db.selectFrom('version').selectAll().where('model', '=', model).orderBy('version', 'desc')
  if (cursor !== undefined) query = query.where('version', '<', versionCursor(cursor))
  const rows = await query.limit(limit + 1).execute()
  const items = rows.slice(0, limit).map((row) => versionOf(row, aliases))
  return rows.length > limit ? { items, next: String(items.at(-1)!.version) } : { items }
}

function versionCursor(cursor: string): number {
  if (!/^[1-9]\d{0,8}$/.test(cursor)) throw new VersionCursorInvalid({ cursor: cursor.slice(0, 80) })
  return Number(cursor)
}

/** Throws ModelNotFound, VersionNotFound with the versions there are. */
export async function getVersion(db: Reader, model: string, version: number): Promise<VersionRecord> {
  const { aliases, versionLast } = await getModel(db, model)
  const found = await findVersion(db, model, version, aliases)
  if (found === undefined) throw new VersionNotFound({ model, version, versionLast })
  return found
}

async function findVersion(
  db: Reader,
  model: string,
  version: number,
  aliases: ModelRecord['aliases'],
): Promise<VersionRecord | undefined> {
  // PostgreSQL refuses to compare with a number that is none of its own.
  if (!Number.isInteger(version) || version < 1 || version >= 2 ** 31) return undefined
  const row = await db
    .selectFrom('version')
    .selectAll()
    .where('model', '=', model)
    .where('version', '=', version)
    .executeTakeFirst()
  return row === undefined ? undefined : versionOf(row, aliases)
}

/** The version that has this content already. */
export async function findContent(db: Reader, model: string, contentDigest: string): Promise<VersionRecord | undefined> {
  const row = await db
    .selectFrom('version')
    .selectAll()
    .where('model', '=', model)
    .where('content_digest', '=', contentDigest)
    .executeTakeFirst()
  return row === undefined ? undefined : versionOf(row, (await getModel(db, model)).aliases)
}

type Alias = { readonly alias: string; readonly version: number }
async function listAliases(db: Reader, models: readonly string[]): Promise<Map<string, Alias[]>> {
  const aliases = new Map<string, Alias[]>()
  if (models.length === 0) return aliases
  const rows = await db.selectFrom('alias').selectAll().where('model', 'in', models).orderBy('alias').execute()
  for (const { model, alias, version } of rows) aliases.set(model, [...(aliases.get(model) ?? []), { alias, version }])
  return aliases
}

const modelOf = (row: ModelTable, aliases: readonly Alias[]): ModelRecord =>
  Object.freeze({
    name: row.name,
    createdAt: row.created_at,
    versionLast: row.version_last,
    aliases: Object.fromEntries(aliases.map(({ alias, version }) => [alias, version])),
  })

export const versionOf = (row: VersionTable, aliases: ModelRecord['aliases']): VersionRecord =>
  Object.freeze({
    model: row.model,
    version: row.version,
    digest: row.digest,
    format: row.format,
    bytes: row.bytes,
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.run_id === null ? {} : { runId: row.run_id }),
    aliases: Object.keys(aliases).filter((alias) => aliases[alias] === row.version),
  })
