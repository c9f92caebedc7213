import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  from: z.int().min(0).optional().catch(undefined),
  to: z.int().min(0).optional().catch(undefined),
  version: z.int().min(1).optional().catch(undefined),
  variant: z.string().max(100).optional().catch(undefined),
  caller: z.string().max(200).optional().catch(undefined),
  /** `origin=ATL,destination=SFO`. */
  slice: z.string().max(1_000).optional().catch(undefined),
  scoreMin: z.number().optional().catch(undefined),
  scoreMax: z.number().optional().catch(undefined),
  flagged: z.boolean().optional().catch(undefined),
})
export type PredictionSearch = z.infer<typeof Search>

export const predictionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deployments/$deployment/predictions',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./predictions-page.tsx'), 'PredictionsPage'),
})
