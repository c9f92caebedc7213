import { getContract, getContractSchema } from '@seaworthy/api/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { DeploymentTabs } from '../serving/deployment-tabs.tsx'
import { AgreementsCard } from './agreements-card.tsx'
import { ContractCard } from './contract-card.tsx'

const route = getRouteApi('/deployments/$deployment/contract')

/** What was agreed before the deployment, who agreed to it when, and the way to change it. */
export function ContractPage(): ReactElement {
  const { deployment } = route.useParams()
  const found = useQuery(apiQuery(getContract, { params: { deployment } }, ['deployments', 'releases']))
  const schema = useQuery(apiQuery(getContractSchema, {}, []))
  return (
    <Page
      title={`Contract of ${deployment}`}
      crumbs={[
        { label: 'Fleet', to: '/' },
        { label: deployment, to: '/deployments/$deployment', params: { deployment } },
      ]}
      lead="What every layer enforces: what may come in, what is good enough, what is watched, how it is maintained."
    >
      <DeploymentTabs deployment={deployment} />
      <Resource query={found} label="Loading the contract" lines={10}>
        {(contract) => (
          <>
            <Resource query={schema}>
              {(known) => <ContractCard key={contract.digest} deployment={deployment} text={contract.text} schema={known} />}
            </Resource>
            <AgreementsCard agreements={contract.agreements} />
          </>
        )}
      </Resource>
    </Page>
  )
}
