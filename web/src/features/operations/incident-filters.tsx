import { listDeployments } from '@seaworthy/api/serving'
import { NativeSelect, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { apiQuery } from '../../api/api-query.ts'
import type { IncidentSearch } from './incidents.route.ts'
import styles from './incidents-page.module.css'

const LISTED_MAX = 200
const STATES = [
  { value: 'live', label: 'going on' },
  { value: 'open', label: 'open' },
  { value: 'acknowledged', label: 'acknowledged' },
  { value: 'silenced', label: 'silenced' },
  { value: 'resolved', label: 'resolved' },
  { value: 'all', label: 'all' },
]

/** Which incidents; in the address, so that a view can be sent to a colleague. */
export function IncidentFilters({ search }: { readonly search: IncidentSearch }) {
  const navigate = useNavigate()
  const deployments = useQuery(apiQuery(listDeployments, { query: { limit: LISTED_MAX } }, ['deployments']))
  const names = new Set(deployments.data?.items.map(({ name }) => name))
  if (search.deployment !== undefined) names.add(search.deployment)
  const go = (change: Readonly<Record<string, string | undefined>>) =>
    void navigate({ to: '/incidents', search: { ...search, ...change } as IncidentSearch, replace: true })
  return (
    <div className={styles.filters} role="search" aria-label="Incidents">
      <NativeSelect
        size="xs"
        label="State"
        data={STATES}
        value={search.state ?? 'live'}
        onChange={({ currentTarget: { value } }) => go({ state: value === 'live' ? undefined : value })}
      />
      <NativeSelect
        size="xs"
        label="Deployment"
        data={[{ value: '', label: 'any' }, ...names]}
        value={search.deployment ?? ''}
        onChange={({ currentTarget: { value } }) => go({ deployment: value === '' ? undefined : value })}
      />
      <SegmentedControl
        size="xs"
        aria-label="Severity"
        data={[
          { value: '', label: 'any severity' },
          { value: 'critical', label: 'critical' },
          { value: 'warning', label: 'warning' },
        ]}
        value={search.severity ?? ''}
        onChange={(value) => go({ severity: value === '' ? undefined : value })}
      />
    </div>
  )
}
