/** A contract that is live in one place, and the versions that share its traffic. */
import type { Authorship, Page, PageRequest } from '../../../kernel/page.ts'
import type { Tx } from '../../../platform/db/database.ts'

export interface VariantRecord {
  /** champion | challenger | standby: the champion before, loaded and warm, for the case of a rollback. */
  readonly name: string
  /** `answer`: its share of the requests is answered by it. `shadow`: its share of them is copied to it. */
  readonly role: 'answer' | 'shadow'
  readonly version: number
  /** Share of traffic, 0 to 1. */
  readonly share: number
  readonly checkId?: string
  readonly overrideReason?: string
  readonly launchedAt: number
  readonly launchedBy: string
  /** Text of its contract, where that is not the deployment's. */
  readonly contractText?: string
  readonly contractDigest?: string
}
export interface DeploymentRecord {
  readonly name: string
  readonly model: string
  readonly target: string
  readonly state: 'live' | 'stopped'
  /** Text of the contract of the champion. */
  readonly contractText: string
  readonly contractDigest: string
  /** Raised by every change; servers that watch reload when it moves. */
  readonly revision: number
  /** The champion first. */
  readonly variants: readonly VariantRecord[]
  readonly createdAt: number
  readonly updatedAt: number
}

/** A version, the contract it serves under, and on what evidence. */
export interface ServedVersion {
  readonly version: number
  readonly contractText: string
  readonly contractDigest: string
  readonly checkId?: string | undefined
  readonly overrideReason?: string | undefined
}

/** One time in which a version was champion. */
export interface ChampionRecord extends ServedVersion {
  readonly deployment: string
  /** Of the deployment, when it became champion. */
  readonly revision: number
  readonly how: 'launch' | 'release' | 'rollback'
  readonly beganAt: number
  readonly beganBy: string
  readonly reason?: string
}

/** Who shares the traffic from now on. */
export interface TrafficChange {
  readonly name: string
  /** A new champion. Default: the one there is. */
  readonly champion?: (ServedVersion & Pick<ChampionRecord, 'how'> & { readonly rollbackId?: string }) | undefined
  /** Default: none, and the champion answers all. */
  readonly challenger?: (ServedVersion & Pick<VariantRecord, 'role' | 'share'>) | undefined
  /** What the audit entry is called. */
  readonly action: string
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
   * `deployment.launch`, and as `deployment.override` when `overrideReason` is given. Throws DeploymentOfOtherModel. `also`
   * runs in the same transaction, after it.
   */
  launch(
    launch: { readonly name: string; readonly model: string; readonly target: string } & ServedVersion & Authorship,
    also?: (tx: Tx) => Promise<void>,
  ): Promise<DeploymentRecord>
  /** Takes it down; recorded. Throws DeploymentNotFound. Stopping a stopped one changes nothing. */
  stop(name: string, by: Authorship): Promise<DeploymentRecord>
  /**
   * Moves traffic in a transaction of the caller; recorded under the action that is named. A rollback whose id is recorded
   * already changes nothing. Throws DeploymentNotLive.
   */
  moveTraffic(tx: Tx, change: TrafficChange, by: Authorship): Promise<DeploymentRecord>
  /** Who was champion when, newest first. Throws DeploymentNotFound. */
  listChampions(name: string, page: PageRequest): Promise<Page<ChampionRecord>>
  /** Versions to roll back to, nearest first: those that were champion and that nobody has rolled back from. */
  listFormer(name: string): Promise<readonly ServedVersion[]>
}
