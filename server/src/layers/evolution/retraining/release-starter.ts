/** How traffic is moved to a version that has a passing check: by a launch, which is what a person would do. */
import type { Authorship } from '../../../kernel/page.ts'
import { type LaunchServices, launchVersion } from '../release/launch.ts'
import type { ReleaseRecord } from '../release/release.ts'
import { createReleaseRepository } from '../release/release-repository.ts'

export interface ReleaseStart extends Authorship {
  readonly deployment: string
  readonly model: string
  readonly version: number
  readonly contractText: string
  /** Milliseconds since 1970. What has begun since then is what is asked for, and is not begun again. */
  readonly since: number
}
export interface StartedRelease {
  /** Absent where the contract has no steps, and the version is live at once. */
  readonly id?: string
  readonly words: string
}
export interface ReleaseStarter {
  /** By the steps of the contract. Safe to ask again, after a crash that left open whether it was done. Throws what refuses it. */
  start(request: ReleaseStart): Promise<StartedRelease>
}

/** Releases of a deployment that are looked through for the one that has begun already, the newest first. */
const LOOKED_THROUGH = 50

export function createReleaseStarter(launching: LaunchServices): ReleaseStarter {
  return Object.freeze<ReleaseStarter>({
    start: async (request) => (await findStarted(request, launching)) ?? launch(request, launching),
  })
}

async function launch(request: ReleaseStart, launching: LaunchServices): Promise<StartedRelease> {
  const { release } = await launchVersion({ ...request, name: request.deployment }, launching)
  return release === undefined ? live(request) : begun(release)
}

async function findStarted(request: ReleaseStart, { db, deployments }: LaunchServices): Promise<StartedRelease | undefined> {
  const { deployment, version, since } = request
  const { items } = await createReleaseRepository(db).list({ deployment, limit: LOOKED_THROUGH })
  const release = items.find((one) => one.version === version && one.createdAt >= since)
  if (release !== undefined) return begun(release)
  const champion = (await deployments.find(deployment))?.variants.find(({ name }) => name === 'champion')
  return champion?.version === version && champion.launchedAt >= since ? live(request) : undefined
}

const live = ({ model, version, deployment }: Pick<ReleaseStart, 'model' | 'version' | 'deployment'>): StartedRelease => ({
  words: `${model}@${version} is live in "${deployment}".`,
})

function begun({ id, model, version, deployment, state }: ReleaseRecord): StartedRelease {
  const at = { running: '', 'waiting-for-approval': ' and waits for approval' }[state.kind as string] ?? ` and is ${state.kind}`
  return { id, words: `The release of ${model}@${version} to "${deployment}" has begun${at}: ${id}.` }
}
