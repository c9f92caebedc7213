import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../app/root.route.ts'

export const deploymentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deployments/$deployment',
  component: lazyRouteComponent(() => import('./deployment-page.tsx'), 'DeploymentPage'),
})
