import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { z } from 'zod'
import { rootRoute } from '../../app/root.route.ts'
import { SHOWN_COUNTS } from './operations-span.ts'

const Search = z.object({
  /** The input that is looked at. By default the one that is farthest beyond its bound. */
  feature: z.string().max(200).optional().catch(undefined),
  /** Or the output. */
  output: z.string().max(200).optional().catch(undefined),
  /** The window that is looked at, milliseconds since 1970; the last one by default. */
  from: z.int().min(0).optional().catch(undefined),
  to: z.int().min(0).optional().catch(undefined),
  /** What it is held against: the training data, or a span. */
  against: z
    .string()
    .regex(/^(baseline|\d{1,15}\.\.\d{1,15})$/)
    .optional()
    .catch(undefined),
  /** `origin=ATL,destination=SFO`. */
  slice: z.string().min(1).max(1_000).optional().catch(undefined),
  metric: z.string().max(100).optional().catch(undefined),
  /** Windows that are drawn, the newest. */
  shown: z.literal(SHOWN_COUNTS).optional().catch(undefined),
})
export type OperationsSearch = z.infer<typeof Search>

export const operationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/deployments/$deployment/operations',
  validateSearch: Search,
  component: lazyRouteComponent(() => import('./operations-page.tsx'), 'OperationsPage'),
})
