/** Releases, their steps and their approvals as rows. */
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { ApprovalTable, ReleaseStepTable, ReleaseTable } from '../../../platform/db/release-tables.ts'
import type { ApprovalRecord, ReleaseDetail, ReleaseRecord, ReleaseState, StepOutcome, StepRecord } from './release.ts'
import { releaseStepOf } from './release-step.ts'
import type { StepAnalysis } from './step-analysis.ts'

type Db = Database['kysely'] | Tx

export const recordOf = (row: ReleaseTable): ReleaseRecord => ({
  id: row.id,
  deployment: row.deployment,
  model: row.model,
  version: row.version,
  champion: row.champion,
  contractText: row.contract,
  contractDigest: row.contract_digest,
  ...(row.check_id === null ? {} : { checkId: row.check_id }),
  ...(row.override_reason === null ? {} : { overrideReason: row.override_reason }),
  state: stateOf(row),
  steps: (JSON.parse(row.steps) as string[]).map(releaseStepOf),
  approvalsNeeded: row.approvals_needed,
  createdAt: row.created_at,
  createdBy: row.created_by,
  ...(row.reason === null ? {} : { reason: row.reason }),
  updatedAt: row.updated_at,
  ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
})

function stateOf({ state, step, updated_by: by, updated_at: at, explanation }: ReleaseTable): ReleaseState {
  const told = { by, at, ...(explanation === null ? {} : { explanation }) }
  switch (state) {
    case 'running':
      return { kind: state, step }
    case 'holding':
      return { kind: state, step, ...told }
    case 'promoted':
    case 'aborted':
    case 'rolled-back':
      return { kind: state, ...told }
    default:
      return { kind: 'waiting-for-approval' }
  }
}

const stepOf = (row: ReleaseStepTable): StepRecord => ({
  position: row.position,
  step: releaseStepOf(row.step),
  startedAt: row.started_at,
  countedFrom: row.counted_from,
  ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  ...(row.outcome === null ? {} : { outcome: row.outcome as StepOutcome }),
  ...(row.analysis === null ? {} : { analysis: JSON.parse(row.analysis) as StepAnalysis }),
  ...(row.shift_accepted_by === null ? {} : { shiftAcceptedBy: row.shift_accepted_by }),
})

const approvalOf = ({ actor, comment, created_at: at }: ApprovalTable): ApprovalRecord => ({
  ...{ actor, at },
  ...(comment === null ? {} : { comment }),
})

export async function readRelease(db: Db, id: string): Promise<ReleaseRecord | undefined> {
  const row = await db.selectFrom('release').selectAll().where('id', '=', id).executeTakeFirst()
  return row && recordOf(row)
}

export async function readOpen(db: Db, deployment?: string): Promise<ReleaseRecord[]> {
  let query = db.selectFrom('release').selectAll().where('finished_at', 'is', null).orderBy('id')
  if (deployment !== undefined) query = query.where('deployment', '=', deployment)
  return (await query.execute()).map(recordOf)
}

export async function readSteps(db: Db, release: string): Promise<StepRecord[]> {
  const query = db.selectFrom('release_step').selectAll().where('release_id', '=', release)
  return (await query.orderBy('position').execute()).map(stepOf)
}

export async function readApprovals(db: Db, release: string): Promise<ApprovalRecord[]> {
  const query = db.selectFrom('approval').selectAll().where('release_id', '=', release)
  return (await query.orderBy('created_at').orderBy('actor').execute()).map(approvalOf)
}

export async function readDetail(db: Db, release: ReleaseRecord): Promise<ReleaseDetail> {
  const [stepRecords, approvals] = [await readSteps(db, release.id), await readApprovals(db, release.id)]
  return { ...release, stepRecords, approvals }
}
