import { beginRetraining, forecastRetraining } from '@seaworthy/api/retraining'
import { Button, type ButtonProps } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { useAction } from '../../api/use-action.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

interface Props extends Pick<ButtonProps, 'size' | 'variant'> {
  readonly deployment: string
  /** Said when the person gives no reason. */
  readonly reason?: string
}

/** Starts a retraining by hand, and goes to its page. */
export function RetrainingButton({ deployment, reason: fallback, ...look }: Props) {
  const [opened, setOpened] = useState(false)
  const navigate = useNavigate()
  const begin = useAction(beginRetraining, ['retrainings', 'jobs'])
  const forecast = useQuery({
    ...apiQuery(forecastRetraining, { params: { deployment } }, ['retrainings', 'deployments']),
    enabled: opened,
  })
  // A person may start one before the pause after the last is over.
  const obstacles = forecast.data?.obstacles.filter(({ kind }) => kind !== 'cool-down') ?? []
  return (
    <>
      <Button {...look} leftSection={<RefreshCw size={14} aria-hidden />} onClick={() => setOpened(true)}>
        Retrain
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={`Retrain ${deployment}`}
        willHappen={
          obstacles.length > 0
            ? obstacles.map(({ reason }) => `It cannot begin now: ${reason}.`)
            : [
                'What was answered here and has an outcome becomes a snapshot; the newest part is kept back to compare on.',
                'Two versions are trained on it: one goes on from the champion, one begins from nothing.',
                'Both are held against the champion on the rows that were kept back.',
                'Only a version that is surely better is checked, and released as the contract says. Else nothing changes.',
              ]
        }
        action="Begin"
        reason="optional"
        onConfirm={async (reason = fallback) => {
          const { job } = await begin.mutateAsync({ params: { deployment }, body: reason === undefined ? {} : { reason } })
          await navigate({ to: '/retrainings/$retraining', params: { retraining: job } })
        }}
      />
    </>
  )
}
