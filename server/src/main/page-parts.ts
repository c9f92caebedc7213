/** What pages show beyond what the layers' own repositories answer, joined. */
import type { ControlServices } from '../entry/http/services.ts'
import { createFleet, listAgreements } from '../layers/collaboration/index.ts'
import { createJournalTraffic, createSpanProfiles, readFindingSeries, readTrafficSeries } from '../layers/operations/index.ts'
import type { DeploymentRepository, LiveTraffic, TrafficRecorder } from '../layers/serving/index.ts'
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
  'clock' | 'agreements' | 'fleet' | 'spanProfiles' | 'findingSeries' | 'trafficSeries' | 'liveCounts'
>

export function createPageParts({ db, clock, sqlEngine, folders }: State, needed: Needed): PageParts {
  const { recorder, traffic } = needed
  const journalTraffic = createJournalTraffic({ folder: folders.journal, engine: sqlEngine })
  return Object.freeze<PageParts>({
    clock,
    agreements: (deployment) => listAgreements(deployment, { db, ...needed }),
    fleet: createFleet({ db, clock, ...needed }),
    spanProfiles: createSpanProfiles({ db, ...needed }),
    findingSeries: (query) => readFindingSeries(query, db),
    trafficSeries: (query) => readTrafficSeries(query, { journalTraffic, recorder, clock }),
    liveCounts: traffic.counts,
  })
}
