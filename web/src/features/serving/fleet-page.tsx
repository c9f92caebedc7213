import { listDeployments, type Deployment } from '@seaworthy/api/serving'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatAmount, formatShare } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'

const COLUMNS: readonly Column<Deployment>[] = [
  { key: 'name', header: 'Deployment', cell: ({ name }) => name, wide: true },
  {
    key: 'version',
    header: 'Answers',
    cell: ({ variants }) =>
      variants
        .filter(({ role, share }) => role === 'answer' && share > 0)
        .map(({ version, share }) => `version ${version}, ${formatShare(share)}`)
        .join('; '),
  },
  { key: 'since', header: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} relative /> },
]

export function FleetPage(): ReactElement {
  const deployments = useQuery(apiQuery(listDeployments, { query: { limit: 1_000 } }, ['deployments']))
  return (
    <Page title="Fleet">
      <Resource query={deployments} isEmpty={({ items }) => items.length === 0} empty={<NoDeployment />}>
        {({ items }) => (
          <Card title={formatAmount(items.length, 'deployment')} flush>
            <DataTable caption="Deployments" columns={COLUMNS} rows={items} rowKey={({ name }) => name} />
          </Card>
        )}
      </Resource>
    </Page>
  )
}

const NoDeployment = () => (
  <Card title="Nothing is live yet">
    <EmptyState
      title="Bring a first model in"
      commands={[
        'npx seaworthy init',
        'npx seaworthy push model.onnx --data train.parquet',
        'npx seaworthy check NAME@1',
        'npx seaworthy launch NAME@1',
      ]}
    >
      Write down what is good enough, bring a version, check it, launch it. This page shows each step as it happens.
    </EmptyState>
  </Card>
)
