import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  /** Version that the prediction is asked again on. */
  on: z.int().min(1).optional().catch(undefined),
})

export const predictionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deployments/$deployment/predictions/$prediction',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./prediction-page.tsx'), 'PredictionPage'),
})
