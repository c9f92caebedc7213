import type { ErrorComponentProps } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'
import { ProblemPanel } from '../ui/problem-panel.tsx'

/** A page that broke, or an address whose search makes no sense. */
export function PageFault({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This page cannot be shown">
      <ProblemPanel error={error} onRetry={reset} />
    </Page>
  )
}
