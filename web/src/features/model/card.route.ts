import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../app/root.route.ts'

export const cardRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/models/$model/$version/card',
  component: lazyRouteComponent(() => import('./card-page.tsx'), 'CardPage'),
})
