import type { Kysely } from 'kysely'

/** What a version holds, whatever its number, so that the same content is recognised when it is pushed again. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('version').addColumn('content_digest', 'text').execute()
  await db.schema.createIndex('version_content').on('version').columns(['model', 'content_digest']).unique().execute()
}
