import type { Route } from './define-route.ts'
import { collaborationRoutes } from './collaboration.routes.ts'
import { contractRoutes } from './contract.routes.ts'
import { eventsRoutes } from './events.routes.ts'
import { evolutionRoutes } from './evolution.routes.ts'
import { explanationRoutes } from './explanation.routes.ts'
import { fleetRoutes } from './fleet.routes.ts'
import { historyRoutes } from './history.routes.ts'
import { incidentsRoutes } from './incidents.routes.ts'
import { modelRoutes } from './model.routes.ts'
import { monitoringRoutes } from './monitoring.routes.ts'
import { operationsRoutes } from './operations.routes.ts'
import { platformRoutes } from './platform.routes.ts'
import { releaseRoutes } from './release.routes.ts'
import { retrainingRoutes } from './retraining.routes.ts'
import { replayRoutes } from './replay.routes.ts'
import type { ControlServices } from './services.ts'
import { servingRoutes } from './serving.routes.ts'

/** Every call of the control plane, in the order of the mission. */
export const routes: readonly Route<ControlServices>[] = [
  ...modelRoutes,
  ...servingRoutes,
  ...explanationRoutes,
  ...operationsRoutes,
  ...monitoringRoutes,
  ...incidentsRoutes,
  ...evolutionRoutes,
  ...releaseRoutes,
  ...retrainingRoutes,
  ...replayRoutes,
  ...collaborationRoutes,
  ...platformRoutes,
  ...eventsRoutes,
  ...fleetRoutes,
  ...historyRoutes,
  ...contractRoutes,
]
