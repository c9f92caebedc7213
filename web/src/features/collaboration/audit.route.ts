import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'

const Search = z.object({
  /** Only entries of this subject, and of this action. */
  subject: z.string().max(200).optional().catch(undefined),
  action: z.string().max(100).optional().catch(undefined),
  /** Sequence of the entry that is open. */
  entry: z.int().min(0).optional().catch(undefined),
})

export const auditRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./audit-page.tsx'), 'AuditPage'),
})
