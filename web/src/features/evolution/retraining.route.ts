import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../app/root.route.ts'

export const retrainingRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/retrainings/$retraining',
  component: lazyRouteComponent(() => import('./retraining-page.tsx'), 'RetrainingPage'),
})
