import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  deployment: z.string().max(63).optional().catch(undefined),
  /** A column, a metric, `predictions`, `outcomes`. */
  subject: z.string().min(1).max(200).optional().catch(undefined),
  /** Of what was found, only this kind. */
  kind: z.enum(['feed', 'data-quality', 'drift', 'prediction-drift', 'quality', 'release']).optional().catch(undefined),
  /** Milliseconds since 1970; the last thirty days by default. */
  from: z.int().min(0).optional().catch(undefined),
  to: z.int().min(0).optional().catch(undefined),
})
export type WhySearch = z.infer<typeof Search>

export const incidentsWhyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incidents/why',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./incidents-why-page.tsx'), 'IncidentsWhyPage'),
})
