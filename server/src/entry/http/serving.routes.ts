import { type Deployment, launchDeployment, listDeployments, stopDeployment } from '@seaworthy/api/serving'
import { parseContract } from '../../contract/parse-contract.ts'
import type { DeploymentRecord } from '../../layers/serving/index.ts'
import { wireRelease } from './release.routes.ts'
import { route } from './services.ts'
import { wirePage } from './wire-page.ts'

export const servingRoutes = [
  route(listDeployments, async ({ query }, { deployments }) => wirePage(await deployments.list(query), wireDeployment)),
  route(launchDeployment, async ({ params, body, actor }, { launch }) => {
    if (body.contract !== undefined) parseContract(body.contract)
    const { model, version, contract: contractText, override: overrideReason, now: nowReason } = body
    const request = { name: params.deployment, model, version, contractText, overrideReason, nowReason }
    const { release, warnings, ...deployment } = await launch({ ...request, actor, reason: overrideReason ?? nowReason })
    return {
      ...wireDeployment(deployment),
      ...(release === undefined ? {} : { release: wireRelease(release) }),
      warnings: [...warnings],
    }
  }),
  route(stopDeployment, async ({ params, body, actor }, { stop }) =>
    wireDeployment(await stop(params.deployment, { actor, reason: body.reason })),
  ),
]

export function wireDeployment(record: DeploymentRecord): Deployment {
  const { contractText: _, variants, ...deployment } = record
  return { ...deployment, variants: variants.map(({ contractText: __, ...variant }) => variant) }
}
