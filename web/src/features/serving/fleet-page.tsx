import { getFleet } from '@seaworthy/api/traffic'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { apiPages } from '../../api/api-query.ts'
import { formatAmount } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { MoreButton } from '../../ui/more-button.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { FleetRow } from './fleet-row.tsx'
import styles from './fleet-page.module.css'
import { NeedList } from './need-list.tsx'

const TOPICS = ['deployments', 'releases', 'approvals', 'incidents', 'windows', 'checks', 'retrainings', 'traffic'] as const

/** Everything that is live, in one glance, and what needs somebody now. */
export function FleetPage(): ReactElement {
  const fleet = useInfiniteQuery(apiPages(getFleet, {}, TOPICS))
  return (
    <Page title="Fleet">
      <Resource query={fleet} lines={10} isEmpty={({ pages }) => pages[0]?.items.length === 0} empty={<NoDeployment />}>
        {({ pages }) => {
          const members = pages.flatMap(({ items }) => items)
          return (
            <>
              <NeedList needs={members.flatMap(({ needs }) => needs)} />
              <section aria-label="Deployments" className={styles.fleet}>
                <h2 className={styles.count}>{formatAmount(members.length, 'deployment')}</h2>
                {members.map((member) => (
                  <FleetRow key={member.deployment.name} member={member} />
                ))}
                <MoreButton query={fleet} />
              </section>
            </>
          )
        }}
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
