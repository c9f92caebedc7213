import { type AuditEntry, listAudit } from '@seaworthy/api/collaboration'
import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Search, X } from 'lucide-react'
import { type FormEvent, type ReactElement, useState } from 'react'
import { apiPages } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'
import { AuditChain } from './audit-chain.tsx'
import styles from './audit-page.module.css'
import { auditRoute } from './audit.route.ts'
import { EntryCard } from './entry-card.tsx'

type Filter = { readonly subject?: string | undefined; readonly action?: string | undefined }

const columns = (filter: Filter): readonly Column<AuditEntry>[] => [
  { key: 'time', header: 'When', cell: ({ time }) => <Time at={time} /> },
  { key: 'actor', header: 'Who', cell: ({ actor }) => <span className="foreign">{actor}</span> },
  {
    key: 'action',
    header: 'What',
    cell: ({ action, sequence }) => (
      <Link to="/audit" search={{ ...filter, entry: sequence }} resetScroll={false}>
        <code>{action}</code>
      </Link>
    ),
  },
  {
    key: 'subject',
    header: 'Of what',
    cell: ({ subject }) => (
      <Link to="/audit" search={{ subject }} className="foreign">
        {subject}
      </Link>
    ),
  },
  {
    key: 'reason',
    header: 'Why',
    cell: ({ reason }) => <span className="foreign">{reason ?? ''}</span>,
    hideBelow: 'narrow',
    wide: true,
  },
]

/** Who changed what, when and why; and the proof that nothing of it was changed since. */
export function AuditPage(): ReactElement {
  const { entry: open, ...filter } = auditRoute.useSearch()
  const entries = useInfiniteQuery(apiPages(listAudit, { query: filter }, ['audit']))
  const shown = entries.data?.pages.flatMap(({ items }) => items) ?? []
  const opened = shown.find(({ sequence }) => sequence === open)
  const isFiltered = filter.subject !== undefined || filter.action !== undefined
  return (
    <Page title="Audit" lead="Every change of state, in a chain of hashes: an entry that is altered or removed breaks it.">
      <AuditChain />
      {opened === undefined ? null : <EntryCard entry={opened} />}
      <Filters filter={filter} />
      <Resource
        query={entries}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          isFiltered ? (
            <EmptyState title="No entry fits">
              <Link to="/audit">Show all entries</Link>
            </EmptyState>
          ) : (
            <EmptyState title="Nothing was changed yet" />
          )
        }
      >
        {() => (
          <Card title="Newest first" flush>
            <DataTable
              caption="Audit entries"
              columns={columns(filter)}
              rows={shown}
              rowKey={({ sequence }) => sequence}
              isSelected={({ sequence }) => sequence === open}
              footer={entries.hasNextPage ? <MoreButton query={entries} /> : undefined}
            />
          </Card>
        )}
      </Resource>
    </Page>
  )
}

function Filters({ filter }: { readonly filter: Filter }) {
  const navigate = auditRoute.useNavigate()
  const [typed, setTyped] = useState<Filter>(filter)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void navigate({ search: { subject: typed.subject?.trim() || undefined, action: typed.action?.trim() || undefined } })
  }
  const clear = () => {
    setTyped({})
    void navigate({ search: {} })
  }
  const field = (name: keyof Filter, label: string, placeholder: string) => (
    <TextInput
      label={label}
      placeholder={placeholder}
      size="xs"
      value={typed[name] ?? ''}
      onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
    />
  )
  return (
    <form onSubmit={submit} className={styles.filters} role="search" aria-label="Audit entries">
      {field('subject', 'Of what', 'deployment/flight-delay')}
      {field('action', 'What', 'deployment.launch')}
      <Button type="submit" size="xs" variant="default" leftSection={<Search size={14} aria-hidden />}>
        Find
      </Button>
      {filter.subject === undefined && filter.action === undefined ? null : (
        <Button size="xs" variant="subtle" leftSection={<X size={14} aria-hidden />} onClick={clear}>
          Show all
        </Button>
      )}
    </form>
  )
}
