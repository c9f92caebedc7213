import { listReleases, type Release } from '@seaworthy/api/release'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'

const READ_MAX = 200
const COLUMNS: readonly Column<Release>[] = [
  {
    key: 'what',
    header: 'What',
    cell: ({ deployment, model, version }) => `${model} version ${version} to ${deployment}`,
    wide: true,
  },
  { key: 'by', header: 'Asked for by', cell: ({ createdBy }) => <span className="foreign">{createdBy}</span> },
  { key: 'needed', header: 'Approvals needed', cell: ({ approvalsNeeded }) => approvalsNeeded, align: 'right' },
  { key: 'since', header: 'Waits since', cell: ({ createdAt }) => <Time at={createdAt} relative /> },
]
const waiting = (releases: readonly Release[]) => releases.filter(({ state }) => state === 'waiting-for-approval')

/** What waits for somebody's word. */
export function ApprovalsPage(): ReactElement {
  const releases = useQuery(apiQuery(listReleases, { query: { limit: READ_MAX } }, ['releases', 'approvals']))
  return (
    <Page title="Approvals">
      <Resource
        query={releases}
        isEmpty={({ items }) => waiting(items).length === 0}
        empty={
          <EmptyState title="Nothing waits for approval">
            A release whose contract asks for approvals would stand here.
          </EmptyState>
        }
      >
        {({ items }) => (
          <Card title="Waiting" flush>
            <DataTable caption="Releases that wait" columns={COLUMNS} rows={waiting(items)} rowKey={({ id }) => id} />
          </Card>
        )}
      </Resource>
    </Page>
  )
}
