/** What pages show beyond what the layers' own repositories answer, joined. */
import type { Config } from '../config/config.ts'
import type { ControlServices } from '../entry/http/services.ts'
import { createFleet, listAgreements } from '../layers/collaboration/index.ts'
import { createReplayOne } from '../layers/evolution/index.ts'
import { createJournalTraffic, createSpanProfiles, readFindingSeries, readTrafficSeries } from '../layers/operations/index.ts'
import type { DeploymentRepository, LiveTraffic, TrafficRecorder } from '../layers/serving/index.ts'
import { contractHistoryOf } from './contract-history.ts'
import { servingSettingsOf } from './serve.ts'
import type { State } from './open-state.ts'

interface Needed {
  readonly deployments: DeploymentRepository
  readonly recorder: TrafficRecorder
  readonly journal: ControlServices['journal']
  readonly traffic: LiveTraffic
  readonly registry: ControlServices['registry']
  readonly journalReader: ControlServices['journalReader']
}

export type PageParts = Pick<
  ControlServices,
  'clock' | 'agreements' | 'replayOne' | 'fleet' | 'spanProfiles' | 'findingSeries' | 'trafficSeries' | 'liveCounts'
>

export function createPageParts(
  { db, clock, sqlEngine, folders, blobs, auditLog }: State,
  config: Config,
  needed: Needed,
): PageParts {
  const { recorder, traffic } = needed
  const journalTraffic = createJournalTraffic({ folder: folders.journal, engine: sqlEngine })
  return Object.freeze<PageParts>({
    clock,
    replayOne: createReplayOne({
      blobs,
      contractHistory: contractHistoryOf(auditLog),
      serving: servingSettingsOf(config),
      ...needed,
    }),
    agreements: (deployment) => listAgreements(deployment, { db, ...needed }),
    fleet: createFleet({ db, clock, ...needed }),
    spanProfiles: createSpanProfiles({ db, ...needed }),
    findingSeries: (query) => readFindingSeries(query, db),
    trafficSeries: (query) => readTrafficSeries(query, { journalTraffic, recorder, clock }),
    liveCounts: traffic.counts,
  })
}
