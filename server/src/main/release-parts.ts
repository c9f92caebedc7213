/** What releases and rollbacks need, joined: the store, the journal as evidence, the traffic of this process, incidents. */
import path from 'node:path'
import { parseContract } from '../contract/parse-contract.ts'
import type { Log } from '../kernel/log.ts'
import {
  createJournalEvidence,
  createReleaseDesk,
  createReleaseDriver,
  drillRollback,
  type DrillResult,
  openRollbackMemory,
  type Outlook,
  type OutlookRequest,
  outlookOf,
  type ReleaseDesk,
  type ReleaseDriver,
  rollBack,
  type RollbackMemory,
  type RollbackRequest,
  type RollbackResult,
  settleRollbacks,
} from '../layers/evolution/index.ts'
import type { Authorship } from '../kernel/page.ts'
import type { ModelRegistry } from '../layers/model/index.ts'
import type { Finding, IncidentDesk, JournalReader } from '../layers/operations/index.ts'
import type { DeploymentRepository, LiveTraffic } from '../layers/serving/index.ts'
import type { State } from './open-state.ts'

/** Rollbacks that the database does not know of yet, in the state folder. */
const MEMORY_FILE = 'rollbacks.json'

export interface ReleaseParts {
  readonly releases: ReleaseDesk
  readonly driver: ReleaseDriver
  readonly memory: RollbackMemory
  rollBack(request: RollbackRequest): Promise<RollbackResult>
  drill(deployment: string, by: Authorship): Promise<DrillResult>
  outlook(request: OutlookRequest): Promise<Outlook>
  /** Records what is still to be recorded, ahead of what builds on the record. */
  settle(): Promise<number>
}

interface Needed {
  readonly deployments: DeploymentRepository
  readonly registry: ModelRegistry
  readonly journalReader: JournalReader
  readonly desk: IncidentDesk
  readonly traffic: LiveTraffic
  readonly log: Log
}

export function createReleaseParts(state: State, home: string, needed: Needed): ReleaseParts {
  const { db, clock, ids, audit } = state
  const { deployments, registry, journalReader, desk, traffic, log } = needed
  const memory = openRollbackMemory(path.join(home, MEMORY_FILE), log)
  const services = {
    ...{ db, clock, ids, audit, deployments, registry, traffic, memory, log },
    evidence: createJournalEvidence(journalReader),
    raise: (finding: Finding) => raise(finding, desk, deployments),
  }
  const settle = () => settleRollbacks(services)
  const driver = createReleaseDriver(services, async () => void (await settle()))
  return Object.freeze<ReleaseParts>({
    releases: createReleaseDesk(services, driver),
    driver,
    memory,
    rollBack: (request) => rollBack(request, services),
    drill: (deployment, by) => drillRollback(deployment, by, services),
    outlook: (request) => outlookOf(request, services),
    settle,
  })
}

/** A release that was stopped is certain: one finding is an incident. */
async function raise(finding: Finding, desk: IncidentDesk, deployments: DeploymentRepository): Promise<void> {
  const { contractText } = await deployments.get(finding.deployment)
  await desk.observe([finding], { sustained: 1, channels: parseContract(contractText).monitoring.alert })
}
