import { getJournal, listPredictions, type Prediction } from '@seaworthy/api/operations'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiPages, apiQuery } from '../../api/api-query.ts'
import { formatBytes, formatCount, formatDuration } from '../../format/number.ts'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { DeploymentTabs } from '../serving/deployment-tabs.tsx'
import { valueText } from '../serving/value-text.ts'
import { PredictionFilters } from './prediction-filters.tsx'
import styles from './predictions-page.module.css'

const route = getRouteApi('/deployments/$deployment/predictions')
const PAGE = 50
/** Inputs of a row that are shown in the list. */
const INPUTS_SHOWN = 4

/** The journal: every prediction, by id, time, version, slice, score and flag. */
export function PredictionsPage(): ReactElement {
  const { deployment } = route.useParams()
  const search = route.useSearch()
  const isFiltered = Object.values(search).some((value) => value !== undefined)
  const predictions = useInfiniteQuery(
    apiPages(listPredictions, { params: { deployment }, query: { ...queryOf(search), limit: PAGE } }, ['predictions']),
  )
  return (
    <Page
      title="Journal"
      crumbs={[
        { label: 'Fleet', to: '/' },
        { label: deployment, to: '/deployments/$deployment', params: { deployment } },
      ]}
    >
      <DeploymentTabs deployment={deployment} />
      <JournalCard deployment={deployment} />
      <PredictionFilters key={JSON.stringify(search)} deployment={deployment} search={search} />
      <Resource
        query={predictions}
        lines={10}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          isFiltered ? (
            <EmptyState title="No prediction fits">
              <Link to="/deployments/$deployment/predictions" params={{ deployment }}>
                Show all predictions
              </Link>
            </EmptyState>
          ) : (
            <EmptyState title="No prediction was made yet" commands={[`npx seaworthy predictions ${deployment}`]}>
              Every answer of this deployment is kept here, with its inputs.
            </EmptyState>
          )
        }
      >
        {({ pages }) => (
          <Card title="Newest first" flush>
            <DataTable
              caption="Predictions"
              columns={columnsFor(deployment)}
              rows={pages.flatMap(({ items }) => items)}
              rowKey={({ id }) => id}
              footer={predictions.hasNextPage ? <MoreButton query={predictions} /> : undefined}
            />
          </Card>
        )}
      </Resource>
    </Page>
  )
}

/** What a yes or no in the address is for the server. */
const queryOf = ({ flagged, ...rest }: ReturnType<typeof route.useSearch>) => ({
  ...rest,
  ...(flagged === undefined ? {} : { flagged: String(flagged) }),
})

const columnsFor = (deployment: string): readonly Column<Prediction>[] => [
  { key: 'time', header: 'When', cell: ({ time }) => <Time at={time} /> },
  {
    key: 'id',
    header: 'Prediction',
    cell: ({ id }) => (
      <Link to="/deployments/$deployment/predictions/$prediction" params={{ deployment, prediction: id }}>
        <code title={id} className={styles.line}>
          …{id.slice(-8)}
        </code>
      </Link>
    ),
  },
  { key: 'output', header: 'Output', cell: ({ output }) => <span className="foreign numeric">{outputText(output)}</span> },
  {
    key: 'outcome',
    header: 'Outcome',
    cell: ({ outcome }) =>
      outcome === undefined ? (
        <span className={`${styles.line} dim`}>not known yet</span>
      ) : (
        <span className="foreign">{valueText(outcome)}</span>
      ),
  },
  {
    key: 'version',
    header: 'Version',
    cell: ({ version, variant }) => (variant === 'champion' ? version : `${version}, ${variant}`),
    align: 'right',
  },
  {
    key: 'inputs',
    header: 'Inputs',
    cell: ({ inputs, flags }) => (
      <>
        {Array.isArray(flags) && flags.length > 0 ? <StatusBadge tone="attention">flagged</StatusBadge> : null}{' '}
        <span className="foreign dim">{inputsText(inputs)}</span>
      </>
    ),
    hideBelow: 'narrow',
    wide: true,
  },
  { key: 'latency', header: 'Took', cell: ({ latencyMs }) => formatDuration(latencyMs), align: 'right', hideBelow: 'medium' },
  { key: 'caller', header: 'Caller', cell: ({ caller }) => <span className="foreign">{caller}</span>, hideBelow: 'medium' },
]

export function outputText(output: unknown): string {
  if (typeof output !== 'object' || output === null) return valueText(output)
  const entries = Object.entries(output)
  return entries.map(([name, value]) => (entries.length === 1 ? valueText(value) : `${name} ${valueText(value)}`)).join(', ')
}

function inputsText(inputs: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(inputs)
  const shown = entries.slice(0, INPUTS_SHOWN).map(([name, value]) => `${name} ${valueText(value)}`)
  return entries.length > INPUTS_SHOWN ? `${shown.join(', ')}, …` : shown.join(', ')
}

/** What the journal holds, and whether it is well. */
function JournalCard({ deployment }: { readonly deployment: string }) {
  const { zone } = useTimeZone()
  const journal = useQuery(apiQuery(getJournal, { params: { deployment } }, ['predictions', 'deployments']))
  return (
    <Resource query={journal} lines={2}>
      {({ state, explanation, predictions, outcomes, bytes, dropped, from, to }) => (
        <Card title="What it holds" aside={<StatusBadge tone={state === 'healthy' ? 'good' : 'bad'}>{state}</StatusBadge>}>
          {explanation === undefined ? null : <p className="foreign">{explanation}</p>}
          <FactList
            facts={[
              ['Predictions', formatCount(predictions)],
              ['Outcomes', formatCount(outcomes)],
              ['On the disk', formatBytes(bytes)],
              ['Lost to it', formatCount(dropped)],
              ['Span', from === undefined || to === undefined ? '–' : formatSpan(from, to, zone)],
            ]}
          />
        </Card>
      )}
    </Resource>
  )
}
