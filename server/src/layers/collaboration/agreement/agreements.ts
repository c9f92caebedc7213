/**
 * Who agreed to which contract of a deployment, and when: read from the history of its champions and from the approvals of the
 * releases that brought them, because launching under a contract is agreeing to it.
 */
import type { Database } from '../../../platform/db/database.ts'
import type { ChampionRecord, DeploymentRepository } from '../../serving/index.ts'

const CHAMPIONS_MAX = 1_000

export interface Agreement {
  readonly contractDigest: string
  readonly contractText: string
  /** Milliseconds since 1970: from then until the next one. */
  readonly from: number
  readonly version: number
  readonly by: string
  readonly reason?: string
  readonly how: ChampionRecord['how']
  readonly checkId?: string
  readonly overrideReason?: string
  readonly approvals: readonly { readonly actor: string; readonly comment?: string; readonly at: number }[]
}

/** Newest first, one for each change of the contract. Throws DeploymentNotFound. */
export async function listAgreements(
  deployment: string,
  { db, deployments }: { readonly db: Database; readonly deployments: Pick<DeploymentRepository, 'listChampions'> },
): Promise<readonly Agreement[]> {
  const { items } = await deployments.listChampions(deployment, { limit: CHAMPIONS_MAX })
  const changes = items.filter(({ contractDigest }, i) => items[i + 1]?.contractDigest !== contractDigest)
  const approvals = await db.kysely
    .selectFrom('approval')
    .innerJoin('release', 'release.id', 'approval.release_id')
    .select(['approval.actor', 'approval.comment', 'approval.created_at', 'release.version', 'release.contract_digest'])
    .where('release.deployment', '=', deployment)
    .where('release.state', '=', 'promoted')
    .orderBy('approval.created_at')
    .limit(10 * CHAMPIONS_MAX)
    .execute()
  return changes.map(({ contractDigest, contractText, beganAt, beganBy, version, reason, how, checkId, overrideReason }) => ({
    ...{ contractDigest, contractText, from: beganAt, version, by: beganBy, how },
    ...(reason === undefined ? {} : { reason }),
    ...(checkId === undefined ? {} : { checkId }),
    ...(overrideReason === undefined ? {} : { overrideReason }),
    approvals: approvals
      .filter((one) => one.version === version && one.contract_digest === contractDigest && Number(one.created_at) <= beganAt)
      .map(({ actor, comment, created_at: at }) => ({ actor, at: Number(at), ...(comment === null ? {} : { comment }) })),
  }))
}
