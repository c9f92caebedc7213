import { getFindingSeries } from '@seaworthy/api/history'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { DeploymentTabs } from '../serving/deployment-tabs.tsx'
import { DriftMapCard } from './operations-drift-map.tsx'
import { FeatureCard } from './operations-feature-card.tsx'
import { OutlierCard } from './operations-outlier-card.tsx'
import { QualityCard } from './operations-quality-card.tsx'
import { DataQualityCard } from './operations-data-quality-card.tsx'
import { chosenSpan, SHOWN_DEFAULT } from './operations-span.ts'
import { WatchButton } from './operations-watch-button.tsx'

const route = getRouteApi('/deployments/$deployment/operations')

/** What the monitor saw: which inputs have changed and when, how, what it does to quality, and what is wrong with the data. */
export function OperationsPage(): ReactElement {
  const { deployment } = route.useParams()
  const { shown = SHOWN_DEFAULT } = route.useSearch()
  const drift = useQuery(apiQuery(getFindingSeries, { params: { deployment }, query: { limit: shown } }, ['windows']))
  return (
    <Page
      title="Operations"
      crumbs={[
        { label: 'Fleet', to: '/' },
        { label: deployment, to: '/deployments/$deployment', params: { deployment } },
      ]}
      actions={<WatchButton key={deployment} deployment={deployment} />}
    >
      <DeploymentTabs deployment={deployment} />
      <Resource
        query={drift}
        lines={12}
        label="Loading what the monitor saw"
        isEmpty={({ windows }) => windows.length === 0}
        empty={
          <EmptyState title="No window was watched yet" commands={[`npx seaworthy watch ${deployment}`]}>
            A window is watched when it has ended. How long one is says `monitoring.window` of the contract.
          </EmptyState>
        }
      >
        {(view) => <Parts deployment={deployment} view={view} />}
      </Resource>
    </Page>
  )
}

function Parts({ deployment, view }: { readonly deployment: string; readonly view: Parameters<typeof DriftMapCard>[0]['view'] }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const span = chosenSpan(view.windows, search)
  const onSearch = (next: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
  if (span === undefined) return null
  const shared = { deployment, view, span, search, onSearch }
  return (
    <>
      <DriftMapCard {...shared} />
      <FeatureCard {...shared} />
      <QualityCard {...shared} />
      <DataQualityCard {...shared} />
      <OutlierCard deployment={deployment} span={span} slice={search.slice} />
    </>
  )
}
