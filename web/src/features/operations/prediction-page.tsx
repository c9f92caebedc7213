import { getPrediction, type Prediction } from '@seaworthy/api/operations'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatDuration } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { Explanation } from '../serving/explanation.tsx'
import { valueText } from '../serving/value-text.ts'
import { outputText } from './predictions-page.tsx'
import { ReplayCard } from './replay-card.tsx'
import styles from './prediction-page.module.css'

const route = getRouteApi('/deployments/$deployment/predictions/$prediction')

/** One prediction: what came, what was answered by which version and why, what really happened; and the same again. */
export function PredictionPage(): ReactElement {
  const { deployment, prediction } = route.useParams()
  const found = useQuery(apiQuery(getPrediction, { params: { deployment, prediction } }, ['predictions']))
  return (
    <Page
      title={`Prediction …${prediction.slice(-8)}`}
      crumbs={[
        { label: 'Fleet', to: '/' },
        { label: deployment, to: '/deployments/$deployment', params: { deployment } },
        { label: 'Journal', to: '/deployments/$deployment/predictions', params: { deployment } },
      ]}
    >
      <Resource query={found} lines={10}>
        {(item) => (
          <>
            <Facts prediction={item} />
            <div className={styles.columns}>
              <InputsCard prediction={item} />
              <ReplayCard key={item.id} prediction={item} />
            </div>
            <Card title="Why">
              <Explanation deployment={deployment} about={{ prediction: item.id }} version={item.version} name={item.id} />
            </Card>
          </>
        )}
      </Resource>
    </Page>
  )
}

function Facts({ prediction }: { readonly prediction: Prediction }) {
  const { id, requestId, model, version, variant, time, latencyMs, caller, output, outcome, outcomeAt } = prediction
  return (
    <Card title="What was answered">
      <FactList
        facts={[
          ['Output', <b key="output">{outputText(output)}</b>],
          ['Outcome', outcome === undefined ? <span key="none">not known yet</span> : <b key="outcome">{valueText(outcome)}</b>],
          ['Outcome known since', outcomeAt === undefined ? '–' : <Time key="at" at={outcomeAt} />],
          ['When', <Time key="time" at={time} />],
          [
            'By',
            <Link key="by" to="/models/$model" params={{ model }} search={{ version }}>
              {model} version {version}
            </Link>,
          ],
          ['As', variant],
          ['Took', formatDuration(latencyMs)],
          ['Caller', caller === '' ? 'not told' : caller],
          ['Request', <code key="request">{requestId}</code>],
          ['Id', <code key="id">{id}</code>],
        ]}
      />
    </Card>
  )
}

interface Input {
  readonly name: string
  readonly value: unknown
  readonly flag: string | undefined
}

function InputsCard({ prediction: { inputs, flags } }: { readonly prediction: Prediction }) {
  const flagged = new Map(
    (Array.isArray(flags) ? (flags as { readonly field?: string; readonly message?: string }[]) : []).map(
      ({ field = '', message = '' }) => [field, message],
    ),
  )
  const rows = Object.entries(inputs).map(([name, value]): Input => ({ name, value, flag: flagged.get(name) }))
  return (
    <Card title="What came" flush>
      <DataTable caption="Inputs" columns={INPUT_COLUMNS} rows={rows} rowKey={({ name }) => name} />
    </Card>
  )
}

const INPUT_COLUMNS: readonly Column<Input>[] = [
  { key: 'name', header: 'Input', cell: ({ name }) => <code className="foreign">{name}</code> },
  {
    key: 'value',
    header: 'Value',
    cell: ({ value }) =>
      value === null ? (
        <span className="dim">missing</span>
      ) : (
        <span className="foreign numeric">{String(typeof value === 'object' ? JSON.stringify(value) : value)}</span>
      ),
  },
  {
    key: 'flag',
    header: 'Flag',
    cell: ({ flag }) =>
      flag === undefined ? null : (
        <>
          <StatusBadge tone="attention">flagged</StatusBadge> <span className="foreign">{flag}</span>
        </>
      ),
    wide: true,
  },
]
