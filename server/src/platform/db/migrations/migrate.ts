import { type Migration, Migrator } from 'kysely/migration'
import type { Database } from '../database.ts'
import { DatabaseNewer } from '../errors.ts'
import * as jobs from './001-jobs.ts'
import * as registry from './002-registry.ts'
import * as audit from './003-audit.ts'
import * as deployments from './004-deployments.ts'
import * as contentDigest from './005-content-digest.ts'
import * as releases from './006-releases.ts'
import * as incidents from './007-incidents.ts'
import * as retrainings from './008-retrainings.ts'
import * as monitoring from './009-monitoring.ts'
import * as watchedParts from './010-watched-parts.ts'

/** Names are the order and never change; a migration that was released is never edited. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-jobs': jobs,
  '002-registry': registry,
  '003-audit': audit,
  '004-deployments': deployments,
  '005-content-digest': contentDigest,
  '006-releases': releases,
  '007-incidents': incidents,
  '008-retrainings': retrainings,
  '009-monitoring': monitoring,
  '010-watched-parts': watchedParts,
}

/** Brings the tables up to date, under a lock, so that two programs that start at once do it once. */
export async function migrate({ kysely }: Database): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => ({ ...MIGRATIONS }) } })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  const unknown = /previously executed migration (\S+) is missing/.exec(error instanceof Error ? error.message : '')
  throw unknown === null ? error : new DatabaseNewer({ unknown: [unknown[1]!] })
}
