import { listApprovals } from '@seaworthy/api/contract'
import { listReleases, type Release } from '@seaworthy/api/release'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'
import { ApprovalCard } from './approval-card.tsx'

const READ_MAX = 200
const DECIDED_MAX = 20

const DECIDED: readonly Column<Release>[] = [
  {
    key: 'what',
    header: 'What',
    cell: ({ deployment, version }) => (
      <Link to="/deployments/$deployment" params={{ deployment }}>
        version {version} to {deployment}
      </Link>
    ),
  },
  { key: 'how', header: 'What became of it', cell: ({ state }) => state.replaceAll('-', ' ') },
  {
    key: 'by',
    header: 'Asked for by',
    cell: ({ createdBy }) => <span className="foreign">{createdBy}</span>,
    hideBelow: 'narrow',
  },
  {
    key: 'why',
    header: 'Last word',
    cell: ({ explanation }) => <span className="foreign">{explanation ?? ''}</span>,
    hideBelow: 'medium',
    wide: true,
  },
  { key: 'when', header: 'When', cell: ({ updatedAt }) => <Time at={updatedAt} relative /> },
]

/** What waits for somebody's word, with what it would change; and what was decided lately. */
export function ApprovalsPage(): ReactElement {
  const releases = useQuery(apiQuery(listReleases, { query: { limit: READ_MAX } }, ['releases', 'approvals']))
  const approvals = useQuery(apiQuery(listApprovals, { query: { limit: READ_MAX } }, ['releases', 'approvals']))
  const waiting = approvals.data?.items ?? []
  const decided = (releases.data?.items ?? [])
    .filter(({ approvalsNeeded, state }) => approvalsNeeded > 0 && state !== 'waiting-for-approval')
    .slice(0, DECIDED_MAX)
  const lead = waiting.length === 0 ? undefined : `${formatAmount(waiting.length, 'release')} for which the contract asks people.`
  return (
    <Page title="Approvals" lead={lead}>
      <Resource query={approvals}>
        {() => (
          <>
            {waiting.length > 0 ? (
              waiting.map((each) => <ApprovalCard key={each.release.id} waiting={each} />)
            ) : (
              <EmptyState title="Nothing waits for approval">
                A contract that says <code>approvals: 2</code> in <code>maintenance.release</code> makes a release wait here,
                until that many people besides its author have approved it.
              </EmptyState>
            )}
            {decided.length === 0 ? null : (
              <Card title="Decided lately" flush>
                <DataTable caption="Releases that were decided" columns={DECIDED} rows={decided} rowKey={({ id }) => id} />
              </Card>
            )}
          </>
        )}
      </Resource>
    </Page>
  )
}
