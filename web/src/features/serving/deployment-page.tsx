import { type Champion, listChampions, listReleases, type Release } from '@seaworthy/api/release'
import { type FleetMember, getFleet } from '@seaworthy/api/traffic'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import type { Mark } from '../../draw/series.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { ChampionsCard, ReleasesCard } from '../evolution/history-card.tsx'
import { isOpenState, shownState } from '../evolution/release-state.ts'
import { DeploymentActions } from './deployment-actions.tsx'
import { DeploymentFacts } from './deployment-facts.tsx'
import styles from './deployment-page.module.css'
import { DeploymentTabs } from './deployment-tabs.tsx'
import { LatencyCard } from './latency-card.tsx'
import { QueueCard } from './queue-card.tsx'
import { TrafficCard } from './traffic-card.tsx'
import { type SpanSearch, spanOf } from './traffic-span.ts'
import { TryItCard } from './try-it-card.tsx'
import { useLiveTraffic } from './use-live-traffic.ts'

const ReleasePanel = lazy(async () => ({ default: (await import('../evolution/release-panel.tsx')).ReleasePanel }))

const route = getRouteApi('/deployments/$deployment')
const HISTORY_SHOWN = 50

/** One deployment: its traffic, its releases and the way back, and a form to ask it. */
export function DeploymentPage(): ReactElement {
  const { deployment } = route.useParams()
  const found = useQuery(apiQuery(getFleet, { query: { deployment } }, ['deployments', 'releases', 'incidents']))
  const member = found.data?.items.find((one) => one.deployment.name === deployment)
  const [backTo, setBackTo] = useState<number>()
  const champions = useQuery(
    apiQuery(listChampions, { params: { deployment }, query: { limit: HISTORY_SHOWN } }, ['deployments']),
  )
  return (
    <Page
      title={deployment}
      crumbs={[{ label: 'Fleet', to: '/' }]}
      lead={member?.purpose}
      aside={member === undefined ? null : <State member={member} />}
      actions={
        member === undefined ? null : (
          <DeploymentActions
            key={deployment}
            member={member}
            champions={champions.data?.items ?? []}
            backTo={backTo}
            onBackTo={setBackTo}
          />
        )
      }
    >
      <DeploymentTabs deployment={deployment} />
      <Resource
        query={found}
        lines={10}
        isEmpty={() => member === undefined}
        empty={<EmptyState title="No deployment has this name" commands={['npx seaworthy deployments']} />}
      >
        {() =>
          member === undefined ? null : (
            <Parts key={deployment} member={member} champions={champions.data?.items ?? []} onRollback={setBackTo} />
          )
        }
      </Resource>
    </Page>
  )
}

const State = ({ member: { deployment } }: { readonly member: FleetMember }) => (
  <StatusBadge tone={deployment.state === 'live' ? 'good' : 'quiet'}>{deployment.state}</StatusBadge>
)

interface PartsProps {
  readonly member: FleetMember
  readonly champions: readonly Champion[]
  readonly onRollback: (version: number) => void
}

function Parts({ member, champions, onRollback }: PartsProps) {
  const { name: deployment, model, variants } = member.deployment
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const samples = useLiveTraffic(deployment)
  const { data } = useQuery(apiQuery(listReleases, { query: { deployment, limit: HISTORY_SHOWN } }, ['releases', 'deployments']))
  const releases = data?.items
  const marks = useMemo(() => marksOf(champions, releases ?? []), [champions, releases])
  const span = spanOf(search)
  const shown = search.release ?? releases?.find(({ state }) => isOpenState(state))?.id
  const onSpan = (to: SpanSearch) =>
    void navigate({ search: ({ release }) => ({ ...(release === undefined ? {} : { release }), ...to }), resetScroll: false })
  const champion = variants.find(({ name }) => name === 'champion')?.version ?? variants[0]?.version ?? 1
  return (
    <div className={styles.parts}>
      <DeploymentFacts member={member} samples={samples} />
      {shown === undefined ? null : (
        <Suspense>
          <ReleasePanel key={shown} id={shown} isChosen={search.release !== undefined} />
        </Suspense>
      )}
      <TrafficCard {...{ deployment, model, span, onSpan, samples, marks }} />
      <div className={styles.columns}>
        <LatencyCard deployment={deployment} span={span} />
        <QueueCard deployment={deployment} span={span} samples={samples} />
      </div>
      {member.deployment.state === 'live' ? <TryItCard {...{ deployment, model }} version={champion} /> : null}
      <ChampionsCard model={model} champions={champions} onRollback={onRollback} />
      <ReleasesCard releases={releases ?? []} />
    </div>
  )
}

/** What moved traffic: every time that a version came to answer, and every release that ended without that. */
function marksOf(champions: readonly Champion[], releases: readonly Release[]): readonly Mark[] {
  const came = champions.map(({ version, how, beganAt }): Mark => ({
    ...{ kind: 'event', at: beganAt, tone: how === 'rollback' ? 'attention' : 'info' },
    label: how === 'rollback' ? `back to version ${version}` : `version ${version} ${how === 'launch' ? 'launched' : 'released'}`,
  }))
  const told = releases.flatMap(({ version, state, createdAt, finishedAt }): Mark[] => [
    { kind: 'event', at: createdAt, tone: 'quiet', label: `release of version ${version} begins` },
    ...(finishedAt === undefined || isOpenState(state) || state === 'promoted'
      ? []
      : [
          {
            ...{ kind: 'event' as const, at: finishedAt, tone: shownState(state)[0] },
            label: `release of version ${version} ${shownState(state)[1]}`,
          },
        ]),
  ])
  return [...came, ...told].toSorted((a, b) => (a.kind === 'event' && b.kind === 'event' ? a.at - b.at : 0))
}
