import { listModels, type Model } from '@seaworthy/api/model'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiPages } from '../../api/api-query.ts'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'
import { AliasBadges } from './alias-badges.tsx'

const COLUMNS: readonly Column<Model>[] = [
  {
    key: 'name',
    header: 'Model',
    cell: ({ name }) => (
      <Link to="/models/$model" params={{ model: name }}>
        {name}
      </Link>
    ),
    wide: true,
  },
  { key: 'aliases', header: 'Aliases', cell: ({ aliases }) => <AliasBadges aliases={aliases} /> },
  { key: 'versions', header: 'Newest version', cell: ({ versionLast }) => versionLast, align: 'right' },
  { key: 'created', header: 'First seen', cell: ({ createdAt }) => <Time at={createdAt} relative />, hideBelow: 'narrow' },
]

export function ModelsPage(): ReactElement {
  const models = useInfiniteQuery(apiPages(listModels, {}, ['models']))
  return (
    <Page title="Models" lead="Every model that was trained or brought here, with its versions.">
      <Resource query={models} isEmpty={({ pages }) => pages[0]?.items.length === 0} empty={<NoModels />}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items)
          return (
            <Card title={formatAmount(rows.length, 'model')} flush>
              <DataTable
                caption="Models"
                columns={COLUMNS}
                rows={rows}
                rowKey={({ name }) => name}
                footer={models.hasNextPage ? <MoreButton query={models} /> : undefined}
              />
            </Card>
          )
        }}
      </Resource>
    </Page>
  )
}

const NoModels = () => (
  <Card title="Models">
    <EmptyState
      title="No model yet"
      commands={[
        'npx seaworthy init',
        'npx seaworthy train --data train.parquet',
        'npx seaworthy push model.onnx --data train.parquet',
      ]}
    >
      Train one by its contract, or bring one that was trained elsewhere.
    </EmptyState>
  </Card>
)
