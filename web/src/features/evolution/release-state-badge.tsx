import type { Release } from '@seaworthy/api/release'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { shownState } from './release-state.ts'

export function ReleaseStateBadge({ state }: Pick<Release, 'state'>) {
  const [tone, word] = shownState(state)
  return <StatusBadge tone={tone}>{word}</StatusBadge>
}
