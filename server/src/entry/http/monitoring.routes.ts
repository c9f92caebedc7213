import { listWindows, watchNow } from '@seaworthy/api/operations'
import { route } from './services.ts'

export const monitoringRoutes = [
  route(listWindows, async ({ params, query }, { deployments, monitors }) => {
    await deployments.get(params.deployment)
    const items = await monitors.list(params.deployment, query.limit, query.before)
    return { items: items.map((window) => ({ ...window, findings: [...window.findings], estimates: [...window.estimates] })) }
  }),
  route(watchNow, async ({ params }, { deployments, enqueue }) => {
    await deployments.get(params.deployment)
    return { job: (await enqueue('operations.monitor', { deployment: params.deployment })).id }
  }),
]
