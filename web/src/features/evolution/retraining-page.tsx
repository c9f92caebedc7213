import { ComparisonReport } from '@seaworthy/api/comparison-report'
import { getRetraining, type RetrainingDetail } from '@seaworthy/api/retraining'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { z } from 'zod'
import { apiQuery } from '../../api/api-query.ts'
import { formatCount, formatDuration } from '../../format/number.ts'
import { useNow } from '../../format/now.ts'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { Card } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemPanel } from '../../ui/problem-panel.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { ComparisonDrawing } from '../model/comparison-drawing.tsx'
import { RetrainingDecision, RetrainingNext } from './retraining-decision.tsx'
import styles from './retraining-page.module.css'
import { RetrainingRun } from './retraining-run.tsx'
import { RetrainingStages } from './retraining-stages.tsx'
import { isRunning, shownRetraining } from './retraining-state.ts'

const route = getRouteApi('/retrainings/$retraining')
const Comparisons = z.object({ deciding: ComparisonReport, evaluation: ComparisonReport.optional().catch(undefined) })

/** One retraining from its trigger to its decision, while it runs and afterwards. */
export function RetrainingPage(): ReactElement {
  const { retraining: id } = route.useParams()
  const found = useQuery(apiQuery(getRetraining, { params: { retraining: id } }, ['retrainings', 'runs', 'jobs']))
  const retraining = found.data
  const deployment = retraining?.deployment
  return (
    <Page
      title={retraining === undefined ? 'Retraining' : `Retraining of ${retraining.deployment}`}
      crumbs={
        deployment === undefined
          ? [{ label: 'Fleet', to: '/' }]
          : [
              { label: 'Fleet', to: '/' },
              { label: deployment, to: '/deployments/$deployment', params: { deployment } },
              { label: 'Retraining', to: '/deployments/$deployment/retrainings', params: { deployment } },
            ]
      }
      lead={retraining?.reason}
      aside={retraining === undefined ? null : <Badge retraining={retraining} />}
      actions={retraining === undefined ? null : <RetrainingNext key={id} retraining={retraining} />}
    >
      <Resource query={found} lines={12}>
        {(shown) => <Parts key={shown.id} retraining={shown} />}
      </Resource>
    </Page>
  )
}

function Badge({ retraining }: { readonly retraining: RetrainingDetail }) {
  const [tone, word] = shownRetraining(retraining)
  return <StatusBadge tone={tone}>{word}</StatusBadge>
}

function Parts({ retraining }: { readonly retraining: RetrainingDetail }) {
  const { id, warm, scratch, state, comparison } = retraining
  const compared = Comparisons.safeParse(comparison).data
  return (
    <>
      <RetrainingStages retraining={retraining} />
      <RetrainingDecision retraining={retraining} />
      <Facts retraining={retraining} />
      <div className={styles.columns}>
        {warm !== undefined || state === 'training-warm' ? (
          <RetrainingRun title="On from the champion" run={warm?.run ?? `${id}-warm`} />
        ) : null}
        {scratch !== undefined || state === 'training-scratch' ? (
          <RetrainingRun title="From nothing" run={scratch?.run ?? `${id}-scratch`} />
        ) : null}
      </div>
      {compared === undefined ? null : (
        <>
          <Card title="Compared on the rows that decide">
            <ComparisonDrawing report={compared.deciding} />
          </Card>
          {compared.evaluation === undefined ? null : (
            <Card title="Compared on the evaluation snapshot, for information">
              <ComparisonDrawing report={compared.evaluation} />
            </Card>
          )}
        </>
      )}
      {comparison !== undefined && compared === undefined ? (
        <ProblemPanel error={new Error('Its comparison was written by another version of the program.')} />
      ) : null}
    </>
  )
}

type Snapshot = NonNullable<RetrainingDetail['training']>

function Facts({ retraining }: { readonly retraining: RetrainingDetail }) {
  const { model, champion, trigger, createdAt, createdBy, finishedAt, training, heldBack } = retraining
  const now = useNow()
  return (
    <Card title="What it rests on">
      <FactList
        facts={[
          ['Began', <Time key="began" at={createdAt} />],
          [isRunning(retraining) ? 'Takes so far' : 'Took', formatDuration(Math.max(0, (finishedAt ?? now) - createdAt))],
          ['Trigger', `${trigger}, ${createdBy}`],
          [
            'Champion',
            <Link key="champion" to="/models/$model" params={{ model }} search={{ version: champion }}>
              {model} version {champion}
            </Link>,
          ],
          ['Learned from', <SnapshotWords key="training" snapshot={training} />],
          ['Kept back to compare on', <SnapshotWords key="held-back" snapshot={heldBack} />],
        ]}
      />
    </Card>
  )
}

function SnapshotWords({ snapshot }: { readonly snapshot: Snapshot | undefined }) {
  const { zone } = useTimeZone()
  if (snapshot === undefined) return <span className="dim">not taken yet</span>
  const { from, to, rows, predictions, withoutOutcome, withoutInputs, notSampled } = snapshot
  const left = [
    [withoutOutcome, 'without an outcome'],
    [withoutInputs, 'without whole inputs'],
    [notSampled, 'beyond the sample'],
  ] as const
  const told = left.filter(([count]) => count > 0).map(([count, why]) => `${formatCount(count)} ${why}`)
  return (
    <>
      <b>{formatCount(rows)}</b> of {formatCount(predictions)} predictions
      <span className={styles.small}>
        {formatSpan(from, to, zone)}
        {told.length === 0 ? '' : `; left out: ${told.join(', ')}`}
      </span>
    </>
  )
}
