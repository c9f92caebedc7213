import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  /** The version that is looked at; the newest by default. */
  version: z.int().min(1).optional().catch(undefined),
})

export const modelRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models/$model',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./model-page.tsx'), 'ModelPage'),
})
