import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../app/root.route.ts'

export const checkRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/checks/$check',
  component: lazyRouteComponent(() => import('./check-page.tsx'), 'CheckPage'),
})
