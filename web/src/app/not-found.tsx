import { Link } from '@tanstack/react-router'
import { EmptyState } from '../ui/empty-state.tsx'
import { Page } from '../ui/page.tsx'

export function NotFound() {
  return (
    <Page title="Nothing is here">
      <EmptyState title="No page has this address">
        <Link to="/">To the fleet</Link>
      </EmptyState>
    </Page>
  )
}
