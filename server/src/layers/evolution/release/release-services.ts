import type { Log } from '../../../kernel/log.ts'
import type { Finding } from '../../operations/index.ts'
import type { LiveTraffic } from '../../serving/index.ts'
import type { ReleaseStore } from './release-changes.ts'
import type { ReleaseEvidence } from './release-evidence.ts'

export interface ReleaseServices extends ReleaseStore {
  readonly traffic: LiveTraffic
  readonly evidence: ReleaseEvidence
  /** Tells of a release that was stopped. What it throws is logged and stops nothing. */
  raise(finding: Finding): Promise<void>
  readonly log: Log
}

/** Author of what no person decided. */
export const AUTOMATIC = 'seaworthy'
