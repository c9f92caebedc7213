/** What waits for a person, in one sentence each. */
import type { Contract } from '../../../contract/contract.ts'

export interface Need {
  readonly kind: 'approval' | 'release-held' | 'incident' | 'review' | 'recommendation' | 'journal'
  readonly deployment: string
  readonly subject: string
  readonly sentence: string
  readonly since?: number
}

const DAY_MS = 86_400_000
/** A review is told of this many days ahead. */
const REVIEW_DAYS = 30

/** Whole days until the day of the review is over, negative when it is past. */
export function reviewOf({ maintenance }: Contract, now: number): { readonly by: string; readonly inDays: number } | undefined {
  const by = maintenance['review-by']
  return by === undefined ? undefined : { by, inDays: Math.floor((Date.parse(`${by}T00:00:00Z`) - now) / DAY_MS) + 1 }
}

export function reviewNeed(deployment: string, review: ReturnType<typeof reviewOf>): Need[] {
  if (review === undefined || review.inDays > REVIEW_DAYS) return []
  const { by, inDays } = review
  const when = inDays < 0 ? `was due on ${by}` : inDays === 0 ? 'is due today' : `is due in ${inDays} days, on ${by}`
  return [{ kind: 'review', deployment, subject: deployment, sentence: `The review of the contract ${when}.` }]
}

export interface OpenRelease {
  readonly id: string
  readonly deployment: string
  readonly version: number
  readonly state: string
  readonly step: number
  readonly steps: readonly string[]
  readonly approvalsNeeded: number
  readonly approvals: number
  readonly createdBy: string
  readonly updatedAt: number
}

export function releaseNeed({
  id,
  deployment,
  version,
  state,
  approvalsNeeded,
  approvals,
  createdBy,
  updatedAt,
}: OpenRelease): Need[] {
  const about = { deployment, subject: id, since: updatedAt }
  const left = approvalsNeeded - approvals
  if (state === 'waiting-for-approval')
    return [
      {
        kind: 'approval',
        ...about,
        sentence: `The release of version ${version} by ${createdBy} waits for ${left === 1 ? 'one more person' : `${left} more people`} to approve it.`,
      },
    ]
  if (state !== 'holding') return []
  return [{ kind: 'release-held', ...about, sentence: `The release of version ${version} is held.` }]
}

export const incidentNeed = (incident: {
  id: number
  deployment: string
  title: string
  severity: string
  opened_at: number
}): Need => ({
  kind: 'incident',
  deployment: incident.deployment,
  subject: String(incident.id),
  sentence: `${incident.severity === 'critical' ? 'Critical: ' : ''}${incident.title}`,
  since: Number(incident.opened_at),
})
