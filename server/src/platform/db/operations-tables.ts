/** Tables of operations: what was watched, found and told. The conventions are those of schema.ts. */
/** One watched window of a deployment. */
export interface MonitorWindowTable {
  deployment: string
  /** First millisecond, and first that does not belong to it. */
  from_at: number
  to_at: number
  /** The champion whose baseline it was held against. */
  version: number
  rows: number
  /** JSON of the mergeable profile of the inputs; null without a baseline, or without rows. */
  profile: string | null
  /** JSON: what it found, for pages and terminals. */
  summary: string
  /** Counts of its slices on the bins of the baseline, deflated JSON in base64. */
  slices: string | null
}
/** How far the monitor of a deployment has come. */
export interface MonitorStateTable {
  deployment: string
  version: number
  /** Inputs and predictions were looked at until here, quality until there; milliseconds since 1970. */
  watched_until: number
  judged_until: number
  /** JSON of the distribution of what this version said at first; null until it said enough. */
  predictions: string | null
  /** JSON of what was learnt from its outcomes and its first windows. */
  learnt: string | null
}
/** How good the predictions of one span were: estimated when it was over, measured when outcomes came, and again when more did. */
export interface MonitorQualityTable {
  deployment: string
  from_at: number
  to_at: number
  version: number
  /** Begin of the window that tells of it: in which it was over, and then that in which its outcomes were due. */
  told_in: number
  /** Outcomes that were recorded until then are in it. */
  known_until: number
  /** JSON of the estimates and measurements. */
  content: string
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
