import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  /** The two versions, by number, and the job that measured them against each other. */
  left: z.int().min(1).optional().catch(undefined),
  right: z.int().min(1).optional().catch(undefined),
  job: z.string().max(64).optional().catch(undefined),
})

export const comparisonRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models/$model/compare',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./comparison-page.tsx'), 'ComparisonPage'),
})
