/** Tables of releases and of the champions that they made. */

/** Who was champion, one row for each time: the history of a deployment, which only grows. */
export interface ChampionTable {
  deployment: string
  /** Revision of the deployment by which it became champion. */
  revision: number
  version: number
  /** launch | release | rollback */
  how: string
  contract: string
  contract_digest: string
  check_id: string | null
  override_reason: string | null
  began_at: number
  began_by: string
  reason: string | null
  /** Of a rollback: the id under which it was remembered until it was recorded. */
  rollback_id: string | null
}
export interface ReleaseTable {
  id: string
  deployment: string
  model: string
  version: number
  /** The champion that it is held against. */
  champion: number
  contract: string
  contract_digest: string
  check_id: string | null
  override_reason: string | null
  /** waiting-for-approval | running | holding | promoted | aborted | rolled-back */
  state: string
  /** Index of the step that runs, or ran last. */
  step: number
  /** JSON: the steps as the contract writes them. */
  steps: string
  approvals_needed: number
  created_at: number
  created_by: string
  reason: string | null
  updated_at: number
  /** Who or what made the last change of state, and why. */
  updated_by: string
  explanation: string | null
  finished_at: number | null
}
export interface ReleaseStepTable {
  release_id: string
  position: number
  /** The step as the contract writes it. */
  step: string
  started_at: number
  /** Since when its duration counts: its start, or when it was resumed. */
  counted_from: number
  ended_at: number | null
  /** win | loss | time | promoted | aborted */
  outcome: string | null
  /** JSON: the last analysis. */
  analysis: string | null
  /** JSON: counts of both versions so far, and where each counter stood. */
  counts: string | null
  /** Who accepted that its predictions are unlike the champion's. */
  shift_accepted_by: string | null
}
export interface ApprovalTable {
  release_id: string
  actor: string
  comment: string | null
  created_at: number
}
