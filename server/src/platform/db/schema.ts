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
  /** champion | challenger */
  name: string
  version: number
  /** Share of traffic in 0..1. */
  share: number
  check_id: string | null
  override_reason: string | null
  launched_at: number
  launched_by: string
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
/** What a monitor saw in one window about one thing, and what became of it there. */
export interface FindingTable {
  deployment: string
  /** sha256 of kind, subject, measure and slice. */
  key: string
  window_from: number
  window_to: number
  kind: string
  subject: string
  measure: string
  slice: string | null
  /** ok | breach | not-enough-data */
  state: string
  value: number | null
  bound: number | null
  unit: string | null
  rows: number | null
  sentence: string
  weight: number | null
  /** ok | suspected | firing: after this window. */
  status: string
  breaches: number
  sustained: number
  /** What explains it, JSON of its identity, while that lasts. */
  muted_by: string | null
  incident: number | null
  /** By whom, until when and why its incident was silent then, JSON. */
  silence: string | null
  seen_at: number
  code_version: string
}
/** Where each thing that is looked at stands now. */
export interface FindingStateTable {
  deployment: string
  key: string
  kind: string
  subject: string
  measure: string
  slice: string | null
  status: string
  breaches: number
  sustained: number
  oks: number
  /** Begin of the first window of the breaches, or null. */
  since: number | null
  window_to: number
  seen_at: number
}
/** One row: the last number given. Writing it first is what lets one transaction at a time change incidents. */
export interface IncidentHeadTable {
  id: number
  last: number
}
export interface IncidentTable {
  id: number
  /** Unique among installations: what receivers know it by. */
  uid: string
  deployment: string
  /** open | acknowledged | silenced | resolved */
  state: string
  severity: string
  title: string
  suggested_action: string
  /** Names of the channels of the contract, JSON. */
  channels: string
  /** Nearest changes before it began, JSON. */
  changes: string
  since: number
  /** What begins to be in breach before this moment belongs to it. */
  onset_to: number
  window_from: number
  window_to: number
  opened_at: number
  updated_at: number
  told_at: number | null
  escalated_at: number | null
  acknowledged_at: number | null
  acknowledged_by: string | null
  silenced_until: number | null
  silenced_by: string | null
  silence_reason: string | null
  resolved_at: number | null
  resolved_by: string | null
  resolution: string | null
  verdict: string | null
  code_version: string
}
export interface IncidentFindingTable {
  incident: number
  key: string
  /** cause | consequence */
  role: string
  /** Key of what explains it. */
  muted_by: string | null
  since: number
  cleared_at: number | null
  /** Its last breach, JSON. */
  finding: string
}
export interface IncidentTransitionTable {
  incident: number
  sequence: number
  at: number
  event: string
  from_state: string | null
  to_state: string
  actor: string
  reason: string | null
  window_from: number
  window_to: number
  /** Values and bounds of its causes then, JSON. */
  numbers: string
  code_version: string
}
/** A message on its way to a channel: written with the change that it tells of, sent afterwards. */
export interface DeliveryTable {
  id: string
  incident: number | null
  channel: string
  event: string
  message: string
  /** waiting | sent | given-up */
  state: string
  attempt: number
  next_at: number
  lease_until: number | null
  error: string | null
  created_at: number
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
  audit_entry: AuditEntryTable
  audit_head: AuditHeadTable
  job: JobTable
  schedule: ScheduleTable
  setting: SettingTable
  finding: FindingTable
  finding_state: FindingStateTable
  incident_head: IncidentHeadTable
  incident: IncidentTable
  incident_finding: IncidentFindingTable
  incident_transition: IncidentTransitionTable
  delivery: DeliveryTable
}
