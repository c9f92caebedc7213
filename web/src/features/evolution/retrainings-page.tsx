import { listRuns, type Run } from '@seaworthy/api/model'
import { listRetrainings, type Retraining } from '@seaworthy/api/retraining'
import { listDeployments } from '@seaworthy/api/serving'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiPages, apiQuery } from '../../api/api-query.ts'
import { formatDuration } from '../../format/number.ts'
import { useNow } from '../../format/now.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { DeploymentTabs } from '../serving/deployment-tabs.tsx'
import { RetrainingButton } from './retraining-button.tsx'
import { RUN_TONES, shownRetraining } from './retraining-state.ts'
import { RetrainingTriggers } from './retraining-triggers.tsx'
import styles from './retraining-page.module.css'

const route = getRouteApi('/deployments/$deployment/retrainings')
const PAGE = 25
const DEPLOYMENTS_MAX = 200

/** What sets off a retraining of a deployment and what each trigger says now; all retrainings and runs so far. */
export function RetrainingsPage(): ReactElement {
  const { deployment } = route.useParams()
  const retrainings = useInfiniteQuery(
    apiPages(listRetrainings, { params: { deployment }, query: { limit: PAGE } }, ['retrainings', 'releases']),
  )
  const deployments = useQuery(apiQuery(listDeployments, { query: { limit: DEPLOYMENTS_MAX } }, ['deployments']))
  const model = deployments.data?.items.find(({ name }) => name === deployment)?.model
  return (
    <Page
      title="Retraining"
      crumbs={[
        { label: 'Fleet', to: '/' },
        { label: deployment, to: '/deployments/$deployment', params: { deployment } },
      ]}
      actions={<RetrainingButton deployment={deployment} variant="filled" />}
    >
      <DeploymentTabs deployment={deployment} />
      <RetrainingTriggers deployment={deployment} />
      <Resource
        query={retrainings}
        isEmpty={({ pages }) => pages[0]?.items.length === 0}
        empty={
          <EmptyState title="Nothing was retrained yet" commands={[`npx seaworthy retrain ${deployment}`]}>
            A retraining learns from what was answered here, and replaces the champion only by a version that is surely better.
          </EmptyState>
        }
      >
        {({ pages }) => (
          <Card title="Retrainings, newest first" flush>
            <DataTable
              caption="Retrainings"
              columns={RETRAININGS}
              rows={pages.flatMap(({ items }) => items)}
              rowKey={({ id }) => id}
              footer={retrainings.hasNextPage ? <MoreButton query={retrainings} /> : undefined}
            />
          </Card>
        )}
      </Resource>
      {model === undefined ? null : <Runs model={model} />}
    </Page>
  )
}

function Took({ from, to }: { readonly from: number | undefined; readonly to: number | undefined }) {
  const now = useNow()
  return <span className={styles.line}>{formatDuration(from === undefined ? undefined : Math.max(0, (to ?? now) - from))}</span>
}

const RETRAININGS: readonly Column<Retraining>[] = [
  {
    key: 'began',
    header: 'Began',
    cell: ({ id, createdAt }) => (
      <Link to="/retrainings/$retraining" params={{ retraining: id }}>
        <Time at={createdAt} />
      </Link>
    ),
  },
  {
    key: 'state',
    header: 'Outcome',
    cell: (retraining) => {
      const [tone, word] = shownRetraining(retraining)
      return (
        <StatusBadge tone={tone} plain>
          {word}
        </StatusBadge>
      )
    },
  },
  {
    key: 'why',
    header: 'Why it began',
    cell: ({ trigger, reason }) => (
      <span className="foreign">
        <span className="dim">{trigger}:</span> {reason}
      </span>
    ),
    wide: true,
    hideBelow: 'narrow',
  },
  {
    key: 'versions',
    header: 'Versions',
    cell: ({ champion, warm, scratch, winner }) => (
      <span className={styles.line}>
        {[warm?.version, scratch?.version].filter((version) => version !== undefined).join(', ') || '–'} against {champion}
        {winner === undefined ? '' : `: ${winner} won`}
      </span>
    ),
    hideBelow: 'medium',
  },
  {
    key: 'took',
    header: 'Took',
    cell: ({ createdAt, finishedAt }) => <Took from={createdAt} to={finishedAt} />,
    align: 'right',
  },
]

function Runs({ model }: { readonly model: string }) {
  const runs = useInfiniteQuery(apiPages(listRuns, { params: { model }, query: { limit: PAGE } }, ['runs', 'models']))
  const items = runs.data?.pages.flatMap((page) => page.items) ?? []
  if (items.length === 0) return null
  return (
    <Card title={`Runs of ${model}, newest first`} flush>
      <DataTable
        caption="Runs"
        columns={RUNS}
        rows={items}
        rowKey={({ id }) => id}
        footer={runs.hasNextPage ? <MoreButton query={runs} /> : undefined}
      />
    </Card>
  )
}

const RUNS: readonly Column<Run>[] = [
  { key: 'created', header: 'Queued', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    key: 'state',
    header: 'State',
    cell: ({ state }) => (
      <StatusBadge tone={RUN_TONES[state]} plain>
        {state}
      </StatusBadge>
    ),
  },
  { key: 'id', header: 'Run', cell: ({ id }) => <RunName id={id} />, hideBelow: 'medium' },
  {
    key: 'from',
    header: 'Begins from',
    cell: ({ parentVersion }) => (parentVersion === undefined ? 'nothing' : `version ${parentVersion}`),
    hideBelow: 'medium',
  },
  {
    key: 'version',
    header: 'Made',
    cell: ({ model, version, failure }) =>
      version === undefined ? (
        <span className="foreign dim">{failure?.message ?? '–'}</span>
      ) : (
        <Link to="/models/$model" params={{ model }} search={{ version }} className={styles.line}>
          version {version}
        </Link>
      ),
    wide: true,
    hideBelow: 'narrow',
  },
  { key: 'took', header: 'Took', cell: ({ startedAt, finishedAt }) => <Took from={startedAt} to={finishedAt} />, align: 'right' },
]

/** A run of a retraining is named after it; the retraining shows what it prints. */
function RunName({ id }: { readonly id: string }) {
  const of = /^(.+)-(?:warm|scratch)$/.exec(id)?.[1]
  const name = <code title={id}>…{id.slice(-14)}</code>
  if (of === undefined) return name
  return (
    <Link to="/retrainings/$retraining" params={{ retraining: of }} className={styles.line}>
      {name}
    </Link>
  )
}
