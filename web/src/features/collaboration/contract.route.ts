import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  /** Digest of the agreement that is looked at. */
  agreement: z.string().max(100).optional().catch(undefined),
})

export const contractRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deployments/$deployment/contract',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./contract-page.tsx'), 'ContractPage'),
})
