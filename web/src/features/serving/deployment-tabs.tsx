import { Link } from '@tanstack/react-router'
import styles from './deployment-tabs.module.css'

const TABS = [
  ['Traffic and releases', '/deployments/$deployment'],
  ['Operations', '/deployments/$deployment/operations'],
  ['Journal', '/deployments/$deployment/predictions'],
  ['Retraining', '/deployments/$deployment/retrainings'],
  ['Contract', '/deployments/$deployment/contract'],
] as const

/** The pages of one deployment, side by side. */
export function DeploymentTabs({ deployment }: { readonly deployment: string }) {
  return (
    <nav aria-label="Pages of this deployment" className={styles.tabs} data-no-print>
      {TABS.map(([name, to]) => (
        <Link
          key={to}
          to={to}
          params={{ deployment }}
          activeOptions={{ exact: to === '/deployments/$deployment', includeSearch: false }}
          className={styles.tab}
          activeProps={{ 'aria-current': 'page' }}
        >
          {name}
        </Link>
      ))}
      <Link to="/incidents" search={{ deployment }} className={styles.tab}>
        Incidents
      </Link>
    </nav>
  )
}
