import { Button } from '@mantine/core'
import type { Champion, Rollback } from '@seaworthy/api/release'
import type { FleetMember } from '@seaworthy/api/traffic'
import { Rocket, Undo2 } from 'lucide-react'
import { lazy, useState } from 'react'
import { formatDuration } from '../../format/number.ts'
import { OnceWanted } from '../../ui/once-wanted.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'

const RollbackDialog = lazy(async () => ({ default: (await import('../evolution/rollback-dialog.tsx')).RollbackDialog }))
const StartReleaseDialog = lazy(async () => ({
  default: (await import('../evolution/start-release-dialog.tsx')).StartReleaseDialog,
}))

interface Props {
  readonly member: FleetMember
  /** Newest first. */
  readonly champions: readonly Champion[]
  /** The version that a rollback is asked about; undefined while none is. */
  readonly backTo: number | undefined
  readonly onBackTo: (version: number | undefined) => void
}

/** What moves the traffic of a deployment: a release, and the way back. */
export function DeploymentActions({ member, champions, backTo, onBackTo }: Props) {
  const { deployment, release } = member
  const [starting, setStarting] = useState(false)
  const [done, setDone] = useState<Rollback>()
  const champion = deployment.variants.find(({ name }) => name === 'champion')?.version
  if (champion === undefined || deployment.state !== 'live') return null
  const former = champions.filter(({ version }) => version !== champion)
  const moving = release === undefined || release.state === 'waiting-for-approval' ? undefined : release.version
  const first =
    moving !== undefined ? champion : (deployment.variants.find(({ name }) => name === 'standby')?.version ?? former[0]?.version)
  return (
    <>
      {done === undefined ? null : <Done rollback={done} />}
      <Button
        variant="default"
        leftSection={<Undo2 size={16} aria-hidden />}
        disabled={first === undefined}
        title={first === undefined ? 'No other version has answered here yet' : undefined}
        onClick={() => onBackTo(first)}
      >
        Roll back
      </Button>
      <Button
        leftSection={<Rocket size={16} aria-hidden />}
        disabled={release !== undefined}
        title={release === undefined ? undefined : 'A release is under way'}
        onClick={() => setStarting(true)}
      >
        Release a version
      </Button>
      <OnceWanted wanted={backTo !== undefined}>
        <RollbackDialog
          deployment={deployment.name}
          current={champion}
          moving={moving}
          former={former}
          to={backTo}
          onTo={onBackTo}
          onDone={setDone}
        />
      </OnceWanted>
      <OnceWanted wanted={starting}>
        <StartReleaseDialog
          deployment={deployment.name}
          model={deployment.model}
          champion={champion}
          opened={starting}
          onClose={() => setStarting(false)}
        />
      </OnceWanted>
    </>
  )
}

function Done({ rollback: { version, switched, switchMs, recorded, explanation } }: { readonly rollback: Rollback }) {
  return (
    <span role="status">
      <StatusBadge tone={recorded ? 'good' : 'attention'} {...(explanation === undefined ? {} : { title: explanation })}>
        {`Version ${version} answers${switched ? `, after ${formatDuration(switchMs)}` : ''}${recorded ? '' : '; still to be recorded'}`}
      </StatusBadge>
    </span>
  )
}
