import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../app/root.route.ts'

export const retrainingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deployments/$deployment/retrainings',
  component: lazyRouteComponent(() => import('./retrainings-page.tsx'), 'RetrainingsPage'),
})
