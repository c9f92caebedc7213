import type { FleetMember } from '@seaworthy/api/traffic'
import { StatusBadge } from '../../ui/status-badge.tsx'

type OpenRelease = NonNullable<FleetMember['release']>

/** A release that is under way: to which version, and how far. */
export function ReleaseBadge({ release }: { readonly release: OpenRelease }) {
  const { version, state, step, steps, approvals, approvalsNeeded } = release
  if (state === 'waiting-for-approval')
    return <StatusBadge tone="info">{`version ${version} waits for approval, ${approvals} of ${approvalsNeeded}`}</StatusBadge>
  const where = step === undefined ? '' : ` at ${steps[step] ?? ''}, step ${step + 1} of ${steps.length}`
  return (
    <StatusBadge
      tone={state === 'holding' ? 'attention' : 'info'}
    >{`version ${version}${where}${state === 'holding' ? ', held' : ''}`}</StatusBadge>
  )
}
