/** A contract that is live in one place, and the versions that share its traffic. */
import type { Authorship, Page, PageRequest } from '../../../kernel/page.ts'

export interface VariantRecord {
  /** champion | challenger */
  readonly name: string
  readonly version: number
  /** Share of traffic, 0 to 1. */
  readonly share: number
  readonly checkId?: string
  readonly overrideReason?: string
  readonly launchedAt: number
  readonly launchedBy: string
}
export interface DeploymentRecord {
  readonly name: string
  readonly model: string
  readonly target: string
  readonly state: 'live' | 'stopped'
  /** Text of the contract it was launched under. */
  readonly contractText: string
  readonly contractDigest: string
  /** Raised by every change; servers that watch reload when it moves. */
  readonly revision: number
  readonly variants: readonly VariantRecord[]
  readonly createdAt: number
  readonly updatedAt: number
}

export interface DeploymentRepository {
  /** By name. */
  list(page: PageRequest): Promise<Page<DeploymentRecord>>
  find(name: string): Promise<DeploymentRecord | undefined>
  /** Throws DeploymentNotFound with the nearest name. */
  get(name: string): Promise<DeploymentRecord>
  /** All that are live, with their revisions: what a server that watches asks for. */
  listLive(): Promise<readonly DeploymentRecord[]>
  /**
   * Puts a version live as the champion with all traffic, making the deployment if it is new; recorded as
   * `deployment.launch`, and as `deployment.override` when `overrideReason` is given. Throws DeploymentOfOtherModel.
   */
  launch(
    launch: {
      readonly name: string
      readonly model: string
      readonly version: number
      readonly target: string
      readonly contractText: string
      readonly contractDigest: string
      readonly checkId?: string | undefined
      readonly overrideReason?: string | undefined
    } & Authorship,
  ): Promise<DeploymentRecord>
  /** Takes it down; recorded. Throws DeploymentNotFound. Stopping a stopped one changes nothing. */
  stop(name: string, by: Authorship): Promise<DeploymentRecord>
}
