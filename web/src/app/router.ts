/** All pages. A page is a `*.route.ts` beside it, and its line here; its code is loaded when it is opened. */
import { createRouter } from '@tanstack/react-router'
import { approvalsRoute } from '../features/collaboration/approvals.route.ts'
import { auditRoute } from '../features/collaboration/audit.route.ts'
import { contractRoute } from '../features/collaboration/contract.route.ts'
import { retrainingRoute } from '../features/evolution/retraining.route.ts'
import { retrainingsRoute } from '../features/evolution/retrainings.route.ts'
import { cardRoute } from '../features/model/card.route.ts'
import { checkRoute } from '../features/model/check.route.ts'
import { comparisonRoute } from '../features/model/comparison.route.ts'
import { modelRoute } from '../features/model/model.route.ts'
import { modelsRoute } from '../features/model/models.route.ts'
import { incidentRoute } from '../features/operations/incident.route.ts'
import { incidentsWhyRoute } from '../features/operations/incidents-why.route.ts'
import { incidentsRoute } from '../features/operations/incidents.route.ts'
import { operationsRoute } from '../features/operations/operations.route.ts'
import { predictionRoute } from '../features/operations/prediction.route.ts'
import { predictionsRoute } from '../features/operations/predictions.route.ts'
import { deploymentRoute } from '../features/serving/deployment.route.ts'
import { fleetRoute } from '../features/serving/fleet.route.ts'
import { rootRoute } from './root.route.ts'

const pages = [
  fleetRoute,
  modelsRoute,
  modelRoute,
  comparisonRoute,
  checkRoute,
  cardRoute,
  deploymentRoute,
  operationsRoute,
  incidentsRoute,
  incidentsWhyRoute,
  incidentRoute,
  retrainingsRoute,
  retrainingRoute,
  approvalsRoute,
  auditRoute,
  contractRoute,
  predictionsRoute,
  predictionRoute,
] as const

export const router = createRouter({
  routeTree: rootRoute.addChildren([...pages]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
