/** What people do with releases: look, approve, hold, resume, abort, promote. */
import type { Authorship } from '../../../kernel/page.ts'
import { abort } from './advance-release.ts'
import { ApprovalByAuthor, ReleaseStateUnfit } from './errors.ts'
import { isOpen, type ReleaseDetail, type ReleaseRecord, type ReleaseRepository } from './release.ts'
import { audit, holdRelease, promoteNow, resumeRelease } from './release-changes.ts'
import type { ReleaseDriver } from './release-driver.ts'
import { createReleaseRepository } from './release-repository.ts'
import type { ReleaseServices } from './release-services.ts'

export interface ReleaseDesk extends Pick<ReleaseRepository, 'list' | 'get' | 'listOpen'> {
  /**
   * Counts once for each person; the author cannot. With enough of them the release begins. Throws ReleaseNotFound,
   * ReleaseStateUnfit, ApprovalByAuthor.
   */
  approve(reference: string, by: { readonly actor: string; readonly comment?: string | undefined }): Promise<ReleaseDetail>
  /** Each throws ReleaseNotFound, and ReleaseStateUnfit when the release is in no state for it. */
  hold(reference: string, by: Authorship): Promise<ReleaseDetail>
  resume(reference: string, by: Authorship): Promise<ReleaseDetail>
  /** All traffic back to the champion. */
  abort(reference: string, by: Authorship): Promise<ReleaseDetail>
  /** All traffic to the new version, without the steps that are left: an override, and audited as one. */
  promote(reference: string, by: Authorship): Promise<ReleaseDetail>
}

/** `driver`: who brings releases forward in this process, if anybody does. */
export function createReleaseDesk(services: ReleaseServices, driver?: Pick<ReleaseDriver, 'advance'>): ReleaseDesk {
  const releases = createReleaseRepository(services.db)
  const changing = async (reference: string, change: (release: ReleaseRecord) => Promise<void>) => {
    const release = await releases.get(reference)
    await change(release)
    return releases.get(release.id)
  }
  return Object.freeze<ReleaseDesk>({
    list: releases.list,
    get: releases.get,
    listOpen: releases.listOpen,
    approve: (reference, by) =>
      changing(reference, async (release) => {
        await approveRelease(release, by, services)
        await driver?.advance()
      }),
    hold: (reference, by) => changing(reference, (release) => holdRelease(release, by, services)),
    resume: (reference, by) => changing(reference, (release) => resumeRelease(release, by, services)),
    abort: (reference, by) =>
      changing(reference, async (release) => {
        if (!isOpen(release)) throw new ReleaseStateUnfit({ release: release.id, action: 'aborted', state: release.state.kind })
        await abort(release, by.reason ?? 'aborted by hand', 'by-hand', services, by.actor)
      }),
    promote: (reference, by) => changing(reference, (release) => promoteByHand(release, by, services)),
  })
}

async function approveRelease(
  release: ReleaseRecord,
  { actor, comment }: { readonly actor: string; readonly comment?: string | undefined },
  services: ReleaseServices,
): Promise<void> {
  const { id, state, createdBy } = release
  if (state.kind !== 'waiting-for-approval') throw new ReleaseStateUnfit({ release: id, action: 'approved', state: state.kind })
  if (actor === createdBy) throw new ApprovalByAuthor({ release: id, actor })
  await services.db.transaction(async (tx) => {
    const added = await tx
      .insertInto('approval')
      .values({ release_id: id, actor, comment: comment ?? null, created_at: services.clock.now() })
      .onConflict((conflict) => conflict.doNothing())
      .returning('actor')
      .executeTakeFirst()
    if (added !== undefined) await audit(tx, { action: 'release.approve', id, by: { actor, reason: comment } }, services)
  })
}

/** What waits for approval waits: who may not wait launches with a reason instead, which is another thing to answer for. */
async function promoteByHand(release: ReleaseRecord, by: Authorship, services: ReleaseServices): Promise<void> {
  const { id, state } = release
  if (state.kind === 'waiting-for-approval') throw new ReleaseStateUnfit({ release: id, action: 'promoted', state: state.kind })
  await promoteNow(release, { outcome: 'by-hand', by }, services)
  await services.traffic.reload(release.deployment)
}
