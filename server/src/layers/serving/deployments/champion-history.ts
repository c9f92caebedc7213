/**
 * Who was champion when. For going back it is read as a stack: a launch or a release puts a version on top, a rollback takes
 * off what lies above the version it went to. So a second rollback goes on to the version before that, and never returns to
 * one that was rolled back from, as a list that is only turned around would.
 */
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { ChampionTable } from '../../../platform/db/release-tables.ts'
import type { ChampionRecord, ServedVersion } from './deployment.ts'

/** Times that are looked back through. */
const LOOKED_BACK_MAX = 200

export interface ChampionPlace {
  /** Below this revision. */
  readonly before?: number | undefined
  readonly limit: number
}

/** Newest first. */
export async function readChampions(
  db: Database['kysely'] | Tx,
  deployment: string,
  { before, limit }: ChampionPlace = { limit: LOOKED_BACK_MAX },
): Promise<ChampionRecord[]> {
  let query = db.selectFrom('champion').selectAll().where('deployment', '=', deployment)
  if (before !== undefined) query = query.where('revision', '<', before)
  return (await query.orderBy('revision', 'desc').limit(limit).execute()).map(recordOf)
}

/** What lies below the champion, nearest first, each version once, with the contract it served under last. */
export function formerOf(newestFirst: readonly ChampionRecord[]): readonly ServedVersion[] {
  const stack: ChampionRecord[] = []
  for (const record of newestFirst.toReversed()) {
    const known = stack.findLastIndex(({ version }) => version === record.version)
    if (record.how === 'rollback' && known >= 0) stack.length = known
    if (stack.at(-1)?.version === record.version) stack.pop()
    stack.push(record)
  }
  const current = stack.pop()
  const seen = new Set(current === undefined ? [] : [current.version])
  return stack.toReversed().filter(({ version }) => !seen.has(version) && seen.add(version))
}

export async function addChampion(tx: Tx, record: ChampionRecord & { readonly rollbackId?: string }): Promise<void> {
  const { deployment, revision, version, how, contractText, contractDigest, checkId, overrideReason, beganAt, beganBy } = record
  const values: ChampionTable = {
    ...{ deployment, revision, version, how },
    contract: contractText,
    contract_digest: contractDigest,
    check_id: checkId ?? null,
    override_reason: overrideReason ?? null,
    began_at: beganAt,
    began_by: beganBy,
    reason: record.reason ?? null,
    rollback_id: record.rollbackId ?? null,
  }
  await tx.insertInto('champion').values(values).execute()
}

const recordOf = (row: ChampionTable): ChampionRecord => ({
  deployment: row.deployment,
  revision: row.revision,
  version: row.version,
  how: row.how as ChampionRecord['how'],
  contractText: row.contract,
  contractDigest: row.contract_digest,
  ...(row.check_id === null ? {} : { checkId: row.check_id }),
  ...(row.override_reason === null ? {} : { overrideReason: row.override_reason }),
  beganAt: row.began_at,
  beganBy: row.began_by,
  ...(row.reason === null ? {} : { reason: row.reason }),
})
