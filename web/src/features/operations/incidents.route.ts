import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  /** Those that are going on, by default. */
  state: z.enum(['open', 'acknowledged', 'silenced', 'resolved', 'all']).optional().catch(undefined),
  severity: z.enum(['critical', 'warning']).optional().catch(undefined),
  deployment: z.string().max(63).optional().catch(undefined),
})
export type IncidentSearch = z.infer<typeof Search>

export const incidentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incidents',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./incidents-page.tsx'), 'IncidentsPage'),
})
