import type { ApprovalTable, ChampionTable, ReleaseStepTable, ReleaseTable } from './release-tables.ts'
import type {
  DeliveryTable,
  FindingStateTable,
  FindingTable,
  IncidentFindingTable,
  IncidentHeadTable,
  IncidentTable,
  IncidentTransitionTable,
  MonitorQualityTable,
  MonitorStateTable,
  MonitorWindowTable,
} from './operations-tables.ts'

/**
 * Every table, as TypeScript sees it. Times are milliseconds since 1970 in UTC, truth values 0 or 1, documents JSON
 * text, so that a row is the same in SQLite and in PostgreSQL. The migrations beside this file create them.
 */
export interface ModelTable {
  name: string
  created_at: number
  /** Highest version number given so far. Taken and raised in one transaction, so numbers have no gap and no double. */
  version_last: number
}
export interface VersionTable {
  model: string
  version: number
  /** sha256 of the manifest: the identity of the package. */
  digest: string
  format: string
  bytes: number
  run_id: string | null
  created_at: number
  created_by: string
  /** sha256 of the files and their order, without number and author; one per model. Null for versions older than this column. */
  content_digest: string | null
}
export interface AliasTable {
  model: string
  alias: string
  version: number
  updated_at: number
}
export interface SnapshotTable {
  digest: string
  /** training | evaluation */
  purpose: string
  model: string
  rows: number
  bytes: number
  source: string
  created_at: number
}
export interface RunTable {
  id: string
  model: string
  /** queued | running | succeeded | failed | cancelled */
  state: string
  trainer: string
  command: string
  seed: number
  snapshot_digest: string | null
  parent_version: number | null
  parameters: string
  metrics: string
  environment: string
  /** Why it ended as it did: an error code and message, or null. */
  failure: string | null
  log_digest: string | null
  version: number | null
  created_at: number
  started_at: number | null
  finished_at: number | null
  /** The job that does it; null when the run has its id. */
  job: string | null
}
export interface CheckTable {
  id: string
  model: string
  version: number
  contract_digest: string
  snapshot_digest: string
  /** pass | fail | not-enough-data */
  verdict: string
  /** The signed report, JSON text, exactly the bytes that were signed. */
  report: string
  signature: string
  key_id: string
  created_at: number
  created_by: string
}
export interface DeploymentTable {
  name: string
  model: string
  target: string
  contract_digest: string
  contract: string
  /** live | stopped */
  state: string
  /** Raised by every change; servers that watch reload when it moves. */
  revision: number
  created_at: number
  updated_at: number
}
export interface VariantTable {
  deployment: string
  /** champion | challenger | standby */
  name: string
  version: number
  /** Share of traffic in 0..1. */
  share: number
  check_id: string | null
  override_reason: string | null
  launched_at: number
  launched_by: string
  /** answer | shadow */
  role: string
  /** The contract of this version; null when it is the deployment's. */
  contract: string | null
  contract_digest: string | null
}
export interface AuditEntryTable {
  sequence: number
  time: number
  actor: string
  action: string
  subject: string
  before: string | null
  after: string | null
  reason: string | null
  previous_hash: string
  hash: string
}
/** One row: where the chain ends. Locking it is what keeps the chain single. */
export interface AuditHeadTable {
  id: number
  sequence: number
  hash: string
}
export interface JobTable {
  id: string
  kind: string
  /** queued | running | succeeded | failed | cancelled */
  state: string
  input: string
  checkpoint: string | null
  result: string | null
  error: string | null
  done: number
  total: number
  note: string | null
  attempt: number
  attempts_max: number
  cancel_requested: number
  run_at: number
  lease_until: number | null
  worker: string | null
  /** At most one unfinished job has a given key; null means no such limit. */
  unique_key: string | null
  created_at: number
  finished_at: number | null
}
export interface ScheduleTable {
  name: string
  cron: string
  time_zone: string
  kind: string
  input: string
  enabled: number
  next_at: number
  last_at: number | null
}
/** Instance-wide facts, such as the id of the installation. */
export interface SettingTable {
  key: string
  value: string
}
/** One retraining, from its trigger to its decision. Its id is that of the job that does it. */
export interface RetrainingTable {
  id: string
  deployment: string
  model: string
  /** waiting | snapshot | training-warm | training-scratch | comparing | checking | releasing | done | failed | cancelled */
  state: string
  trigger_id: string
  reason: string
  /** JSON: what the trigger saw. */
  numbers: string
  /** The version that served then. */
  champion: number
  contract: string
  contract_digest: string
  /** Where the training command runs. */
  folder: string
  /** Outcomes recorded later are not seen. */
  as_of: number
  /** JSON: the snapshot to learn from, and the one kept back to decide. */
  training: string | null
  held_back: string | null
  /** JSON: run, version or failure of each challenger. */
  warm: string | null
  scratch: string | null
  comparison: string | null
  /** promoted | recommended | kept | not-enough-data */
  decision: string | null
  /** JSON: sentences. */
  explanation: string | null
  winner: number | null
  check_id: string | null
  release_id: string | null
  failure: string | null
  created_at: number
  created_by: string
  updated_at: number
  finished_at: number | null
}
export interface DatabaseSchema {
  model: ModelTable
  version: VersionTable
  alias: AliasTable
  snapshot: SnapshotTable
  run: RunTable
  check_report: CheckTable
  deployment: DeploymentTable
  variant: VariantTable
  champion: ChampionTable
  release: ReleaseTable
  release_step: ReleaseStepTable
  approval: ApprovalTable
  audit_entry: AuditEntryTable
  audit_head: AuditHeadTable
  job: JobTable
  schedule: ScheduleTable
  setting: SettingTable
  monitor_window: MonitorWindowTable
  monitor_state: MonitorStateTable
  monitor_quality: MonitorQualityTable
  finding: FindingTable
  finding_state: FindingStateTable
  incident_head: IncidentHeadTable
  incident: IncidentTable
  incident_finding: IncidentFindingTable
  incident_transition: IncidentTransitionTable
  delivery: DeliveryTable
  retraining: RetrainingTable
}
