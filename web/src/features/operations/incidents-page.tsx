import { type IncidentSummary, listIncidents } from '@seaworthy/api/incidents'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { apiPages } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'

const COLUMNS: readonly Column<IncidentSummary>[] = [
  {
    key: 'state',
    header: 'State',
    cell: ({ state, severity }) => (
      <StatusBadge tone={state === 'resolved' ? 'quiet' : severity === 'critical' ? 'bad' : 'attention'} plain>
        {state}
      </StatusBadge>
    ),
  },
  { key: 'title', header: 'What', cell: ({ title }) => <span className="foreign">{title}</span>, wide: true },
  { key: 'deployment', header: 'Deployment', cell: ({ deployment }) => deployment, hideBelow: 'narrow' },
  { key: 'since', header: 'Since', cell: ({ since }) => <Time at={since} relative /> },
]

/** What is wrong, newest first. */
export function IncidentsPage(): ReactElement {
  const incidents = useInfiniteQuery(apiPages(listIncidents, {}, ['incidents']))
  return (
    <Page title="Incidents">
      <Resource
        query={incidents}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState title="No incident">Sustained breaches of what a contract allows would stand here.</EmptyState>}
      >
        {({ pages }) => (
          <Card title="Newest first" flush>
            <DataTable
              caption="Incidents"
              columns={COLUMNS}
              rows={pages.flatMap(({ items }) => items)}
              rowKey={({ id }) => id}
              footer={incidents.hasNextPage ? <MoreButton query={incidents} /> : undefined}
            />
          </Card>
        )}
      </Resource>
    </Page>
  )
}
