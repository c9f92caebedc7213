import { forecastRetraining, type RetrainingForecast } from '@seaworthy/api/retraining'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { apiQuery } from '../../api/api-query.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge, ToneSign } from '../../ui/status-badge.tsx'
import styles from './retraining-page.module.css'

type Trigger = RetrainingForecast['triggers'][number]

/** Would one begin now? What stands in the way, and what each trigger of the contract says. */
export function RetrainingTriggers({ deployment }: { readonly deployment: string }) {
  const forecast = useQuery(
    apiQuery(forecastRetraining, { params: { deployment } }, ['retrainings', 'deployments', 'incidents', 'windows', 'releases']),
  )
  return (
    <Resource query={forecast} lines={5}>
      {({ due, obstacles, triggers }) => (
        <Card
          title="What sets it off"
          aside={<StatusBadge tone={due ? 'info' : 'quiet'}>{due ? 'one is due' : 'none is due'}</StatusBadge>}
          flush
        >
          {obstacles.length === 0 ? null : (
            <ul className={styles.obstacles} aria-label="What stands in the way">
              {obstacles.map(({ kind, reason }) => (
                <li key={kind} className={styles.sentence}>
                  <ToneSign tone="attention" />
                  <span className="foreign">{reason}</span>
                </li>
              ))}
            </ul>
          )}
          <DataTable caption="Triggers" columns={TRIGGERS} rows={triggers} rowKey={({ id }) => id} />
          <p className={`${styles.below} dim`}>
            They are named in{' '}
            <Link to="/deployments/$deployment/contract" params={{ deployment }}>
              the contract
            </Link>
            , under <code>maintenance.retrain</code>.
          </p>
        </Card>
      )}
    </Resource>
  )
}

const TRIGGERS: readonly Column<Trigger>[] = [
  { key: 'title', header: 'Trigger', cell: ({ title }) => title },
  {
    key: 'due',
    header: 'Now',
    cell: ({ due }) => (
      <StatusBadge tone={due ? 'info' : 'quiet'} plain>
        {due ? 'due' : 'not due'}
      </StatusBadge>
    ),
  },
  {
    key: 'reason',
    header: 'What it says',
    cell: ({ reason, numbers: { incident } }) =>
      incident === undefined ? (
        <span className="foreign">{reason}</span>
      ) : (
        <Link to="/incidents/$incident" params={{ incident: String(incident) }} className="foreign">
          {reason}
        </Link>
      ),
    wide: true,
  },
]
