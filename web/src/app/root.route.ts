import { createRootRoute } from '@tanstack/react-router'
import { NotFound } from './not-found.tsx'
import { PageFault } from './page-fault.tsx'
import { Shell } from './shell.tsx'

/** Every page is its child. */
export const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageFault })
