import { Button, type ButtonProps } from '@mantine/core'
import { listChampions, type Rollback } from '@seaworthy/api/release'
import { getFleet } from '@seaworthy/api/traffic'
import { useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { RollbackDialog } from './rollback-dialog.tsx'

const LISTED = 50

/** The way back from any page that is about a deployment. */
export function RollbackButton({ deployment, ...look }: { readonly deployment: string } & Pick<ButtonProps, 'size' | 'variant'>) {
  const [to, setTo] = useState<number>()
  const [done, setDone] = useState<Rollback>()
  const champions = useQuery(apiQuery(listChampions, { params: { deployment }, query: { limit: LISTED } }, ['deployments']))
  const fleet = useQuery(apiQuery(getFleet, { query: { deployment } }, ['deployments', 'releases']))
  const member = fleet.data?.items.find((one) => one.deployment.name === deployment)
  const current = member?.deployment.variants.find(({ name }) => name === 'champion')?.version
  const former = champions.data?.items.filter(({ version }) => version !== current) ?? []
  const release = member?.release
  const moving = release === undefined || release.state === 'waiting-for-approval' ? undefined : release.version
  const first = moving === undefined ? former[0]?.version : current
  return (
    <>
      <Button
        {...look}
        leftSection={<Undo2 size={14} aria-hidden />}
        disabled={first === undefined || member?.deployment.state !== 'live'}
        title={first === undefined ? 'No other version has answered here yet' : undefined}
        onClick={() => setTo(first)}
      >
        Roll back
      </Button>
      {done === undefined ? null : (
        <span role="status">
          <StatusBadge tone="good">{`version ${done.version} answers`}</StatusBadge>
        </span>
      )}
      {current === undefined ? null : (
        <RollbackDialog {...{ deployment, current, moving, former, to }} onTo={setTo} onDone={setDone} />
      )}
    </>
  )
}
