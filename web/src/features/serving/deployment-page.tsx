import { type Deployment, listDeployments } from '@seaworthy/api/serving'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatShare } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'

const route = getRouteApi('/deployments/$deployment')

type Variant = Deployment['variants'][number]
const columnsOf = (model: string): readonly Column<Variant>[] => [
  {
    key: 'version',
    header: 'Version',
    cell: ({ version }) => (
      <Link to="/models/$model" params={{ model }} search={{ version }}>
        Version {version}
      </Link>
    ),
    wide: true,
  },
  { key: 'name', header: 'As', cell: ({ name, role }) => (role === 'shadow' ? `${name}, a shadow` : name) },
  { key: 'share', header: 'Share', cell: ({ share }) => formatShare(share), align: 'right' },
  { key: 'since', header: 'Since', cell: ({ launchedAt }) => <Time at={launchedAt} relative />, hideBelow: 'narrow' },
]

/** One deployment: which versions take its traffic. */
export function DeploymentPage(): ReactElement {
  const { deployment: name } = route.useParams()
  const deployments = useQuery(apiQuery(listDeployments, { query: { limit: 1_000 } }, ['deployments']))
  const isNamed = (deployment: Deployment) => deployment.name === name
  return (
    <Page title={name} crumbs={[{ label: 'Fleet', to: '/' }]}>
      <Resource
        query={deployments}
        isEmpty={({ items }) => !items.some(isNamed)}
        empty={<EmptyState title="No deployment has this name" commands={['npx seaworthy deployments']} />}
      >
        {({ items }) =>
          items.filter(isNamed).map(({ model, variants }) => (
            <Card key={name} title="Versions" flush>
              <DataTable
                caption="Versions that take traffic"
                columns={columnsOf(model)}
                rows={variants}
                rowKey={(variant) => variant.name}
              />
            </Card>
          ))
        }
      </Resource>
    </Page>
  )
}
