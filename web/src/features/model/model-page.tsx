import { Button } from '@mantine/core'
import { getModel, listVersions } from '@seaworthy/api/model'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { GitCompare } from 'lucide-react'
import type { ReactElement } from 'react'
import { apiPages, apiQuery } from '../../api/api-query.ts'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { AliasBadges } from './alias-badges.tsx'
import styles from './model-page.module.css'
import { VersionPanel } from './version-panel.tsx'
import { VersionTable } from './version-table.tsx'

const route = getRouteApi('/models/$model')

export function ModelPage(): ReactElement {
  const { model } = route.useParams()
  const search = route.useSearch()
  const found = useQuery(apiQuery(getModel, { params: { model } }, ['models']))
  const versions = useInfiniteQuery(apiPages(listVersions, { params: { model } }, ['models']))
  return (
    <Page
      title={model}
      crumbs={[{ label: 'Models', to: '/models' }]}
      aside={found.data === undefined ? null : <AliasBadges aliases={found.data.aliases} />}
      actions={<CompareButton model={model} newest={found.data?.versionLast ?? 0} />}
    >
      <Resource query={versions} lines={8}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items)
          const chosen = search.version ?? rows[0]?.version
          return (
            <div className={styles.parts}>
              <VersionTable versions={rows} chosen={chosen} more={versions} />
              {chosen === undefined ? null : <VersionPanel key={chosen} model={model} version={chosen} />}
            </div>
          )
        }}
      </Resource>
    </Page>
  )
}

function CompareButton({ model, newest }: { readonly model: string; readonly newest: number }) {
  if (newest < 2) return null
  return (
    <Button
      variant="default"
      leftSection={<GitCompare size={16} aria-hidden />}
      renderRoot={(props) => (
        <Link {...props} to="/models/$model/compare" params={{ model }} search={{ left: newest - 1, right: newest }} />
      )}
    >
      Compare versions
    </Button>
  )
}
