import { type IncidentSummary, listIncidents, type Suspicion } from '@seaworthy/api/incidents'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { CircleHelp } from 'lucide-react'
import type { ReactElement } from 'react'
import type { z } from 'zod'
import { apiPages } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { IncidentFilters } from './incident-filters.tsx'
import { ACTIONS, inWords, KINDS, toneOf } from './incident-words.ts'
import type { IncidentSearch } from './incidents.route.ts'
import styles from './incidents-page.module.css'

const route = getRouteApi('/incidents')
const PAGE = 50

/** What is wrong, newest first; and what may become so. */
export function IncidentsPage(): ReactElement {
  const search = route.useSearch()
  const incidents = useInfiniteQuery(apiPages(listIncidents, { query: { ...queryOf(search), limit: PAGE } }, ['incidents']))
  return (
    <Page
      title="Incidents"
      lead="Sustained breaches of what a contract allows, each with its evidence and what to do."
      actions={
        <Button
          variant="default"
          leftSection={<CircleHelp size={16} aria-hidden />}
          renderRoot={(props) => (
            <Link
              to="/incidents/why"
              search={search.deployment === undefined ? {} : { deployment: search.deployment }}
              {...props}
            />
          )}
        >
          Why no alarm?
        </Button>
      }
    >
      <IncidentFilters search={search} />
      <Resource query={incidents} isEmpty={({ pages }) => pages[0]?.items.length === 0} empty={<None search={search} />}>
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
      <Suspicions suspicions={incidents.data?.pages[0]?.suspicions ?? []} />
    </Page>
  )
}

/** What is going on is what is asked for when the address says nothing. */
const queryOf = ({ state, ...rest }: IncidentSearch) => ({
  ...rest,
  ...(state === 'all' ? {} : { state: state ?? ('live' as const) }),
})

function None({ search: { state, severity, deployment } }: { readonly search: IncidentSearch }) {
  if (state === undefined && severity === undefined && deployment === undefined)
    return (
      <EmptyState title="No incident is going on">
        What breaches a contract for several windows in a row stands here.{' '}
        <Link to="/incidents" search={{ state: 'all' }}>
          Show those that are over
        </Link>
      </EmptyState>
    )
  return (
    <EmptyState title="No incident fits">
      <Link to="/incidents" search={{ state: 'all' }}>
        Show all incidents
      </Link>
    </EmptyState>
  )
}

const COLUMNS: readonly Column<IncidentSummary>[] = [
  { key: 'id', header: '#', cell: ({ id }) => <span className="dim">{id}</span>, align: 'right', hideBelow: 'narrow' },
  {
    key: 'state',
    header: 'State',
    cell: (incident) => (
      <StatusBadge tone={toneOf(incident)} plain>
        {incident.state}
      </StatusBadge>
    ),
  },
  { key: 'severity', header: 'Severity', cell: ({ severity }) => severity, hideBelow: 'medium' },
  {
    key: 'title',
    header: 'What',
    cell: ({ id, title, deployment }) => (
      <>
        <Link to="/incidents/$incident" params={{ incident: String(id) }}>
          <span className="foreign">{title}</span>
        </Link>
        <span className={`${styles.below} dim foreign`}>{deployment}</span>
      </>
    ),
    wide: true,
  },
  {
    key: 'deployment',
    header: 'Deployment',
    cell: ({ deployment }) => (
      <Link to="/deployments/$deployment" params={{ deployment }} className={styles.line}>
        {deployment}
      </Link>
    ),
    hideBelow: 'narrow',
  },
  { key: 'since', header: 'Since', cell: ({ since }) => <Time at={since} relative /> },
  {
    key: 'action',
    header: 'What to do',
    cell: ({ suggestedAction, state }) => (
      <span className={state === 'resolved' ? 'dim' : styles.line}>{state === 'resolved' ? '–' : ACTIONS[suggestedAction]}</span>
    ),
    hideBelow: 'medium',
  },
  {
    key: 'who',
    header: 'Who',
    cell: ({ acknowledged, silence, resolved }) => (
      <span className="foreign">{resolved?.by ?? silence?.by ?? acknowledged?.by ?? <span className="dim">nobody</span>}</span>
    ),
    hideBelow: 'medium',
  },
]

type Suspected = z.infer<typeof Suspicion>

/** Told to nobody yet: fewer breaches in a row than are asked for. */
function Suspicions({ suspicions }: { readonly suspicions: readonly Suspected[] }) {
  if (suspicions.length === 0) return null
  return (
    <Card title="Only suspected, and told to nobody yet" flush>
      <DataTable
        caption="Suspicions"
        columns={SUSPICIONS}
        rows={suspicions}
        rowKey={({ deployment, kind, subject, measure, slice }) => [deployment, kind, subject, measure, slice].join('/')}
      />
    </Card>
  )
}

const SUSPICIONS: readonly Column<Suspected>[] = [
  {
    key: 'subject',
    header: 'About',
    cell: ({ deployment, subject, slice }) => (
      <>
        <Link to="/incidents/why" search={{ deployment, subject }} className="foreign">
          {subject}
        </Link>
        {slice === undefined ? null : <span className="dim foreign"> where {slice}</span>}
      </>
    ),
  },
  { key: 'kind', header: 'Kind', cell: ({ kind }) => KINDS[kind] },
  {
    key: 'measure',
    header: 'Measure',
    cell: ({ measure }) => <span className="foreign">{inWords(measure)}</span>,
    wide: true,
    hideBelow: 'narrow',
  },
  { key: 'deployment', header: 'Deployment', cell: ({ deployment }) => deployment, hideBelow: 'medium' },
  { key: 'breaches', header: 'In a row', cell: ({ breaches, sustained }) => `${breaches} of ${sustained}`, align: 'right' },
  { key: 'since', header: 'Since', cell: ({ since }) => <Time at={since} relative />, hideBelow: 'narrow' },
]
