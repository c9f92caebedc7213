import { type AuditEntry, listAudit } from '@seaworthy/api/collaboration'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { apiPages } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'

const COLUMNS: readonly Column<AuditEntry>[] = [
  { key: 'time', header: 'When', cell: ({ time }) => <Time at={time} /> },
  { key: 'actor', header: 'Who', cell: ({ actor }) => <span className="foreign">{actor}</span> },
  { key: 'action', header: 'What', cell: ({ action }) => <code>{action}</code> },
  { key: 'subject', header: 'Of what', cell: ({ subject }) => <span className="foreign">{subject}</span>, wide: true },
  { key: 'reason', header: 'Why', cell: ({ reason }) => <span className="foreign">{reason ?? ''}</span>, hideBelow: 'narrow' },
]

/** Who changed what, when and why. */
export function AuditPage(): ReactElement {
  const entries = useInfiniteQuery(apiPages(listAudit, {}, ['audit']))
  return (
    <Page title="Audit">
      <Resource
        query={entries}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={<EmptyState title="Nothing was changed yet" />}
      >
        {({ pages }) => (
          <Card title="Newest first" flush>
            <DataTable
              caption="Audit entries"
              columns={COLUMNS}
              rows={pages.flatMap(({ items }) => items)}
              rowKey={({ sequence }) => sequence}
              footer={entries.hasNextPage ? <MoreButton query={entries} /> : undefined}
            />
          </Card>
        )}
      </Resource>
    </Page>
  )
}
