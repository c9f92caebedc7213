/** Where one can go from everywhere: the sidebar, the shortcuts (g, then the letter) and the quick jump are made of this list. */
import type { LinkProps } from '@tanstack/react-router'
import { Anchor, Boxes, Inbox, type LucideIcon, ScrollText, TriangleAlert } from 'lucide-react'

export interface Place {
  readonly name: string
  readonly to: NonNullable<LinkProps['to']>
  readonly key: string
  readonly icon: LucideIcon
}
export const PLACES: readonly Place[] = [
  { name: 'Fleet', to: '/', key: 'f', icon: Anchor },
  { name: 'Models', to: '/models', key: 'm', icon: Boxes },
  { name: 'Incidents', to: '/incidents', key: 'i', icon: TriangleAlert },
  { name: 'Approvals', to: '/approvals', key: 'p', icon: Inbox },
  { name: 'Audit', to: '/audit', key: 'a', icon: ScrollText },
]
