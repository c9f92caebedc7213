import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'
import { LAST_NAMES } from './traffic-span.ts'

const Search = z.object({
  /** Traffic of the last so much time; an hour by default. */
  last: z.enum(LAST_NAMES).optional().catch(undefined),
  /** Or of a span that stands still, milliseconds since 1970. */
  from: z.int().min(0).optional().catch(undefined),
  to: z.int().min(0).optional().catch(undefined),
  /** Id of the release that is looked at; the open one, else the last, by default. */
  release: z.string().max(64).optional().catch(undefined),
})

export const deploymentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deployments/$deployment',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./deployment-page.tsx'), 'DeploymentPage'),
})
