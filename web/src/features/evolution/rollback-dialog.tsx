import { Select } from '@mantine/core'
import { type Champion, rollBack, type Rollback } from '@seaworthy/api/release'
import { getTraffic, type Traffic } from '@seaworthy/api/traffic'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from '../../api/api-query.ts'
import { useAction } from '../../api/use-action.ts'
import { formatAmount, formatDuration, formatShare } from '../../format/number.ts'
import { latencyBelow } from '../serving/latency-share.ts'
import { OutlookDialog } from './outlook-dialog.tsx'

const PAST_MS = 30 * 86_400_000

interface Props {
  readonly deployment: string
  /** The champion, and those before it, newest first. */
  readonly current: number
  /** A release moves traffic, so the champion is a way back, too. */
  readonly isMoving: boolean
  readonly former: readonly Champion[]
  /** The version to go back to; undefined while the dialog is closed. */
  readonly to: number | undefined
  readonly onTo: (version: number | undefined) => void
  readonly onDone: (rollback: Rollback) => void
}

/** Back to a version that answered before, in one deliberate step. */
export function RollbackDialog({ deployment, current, isMoving, former, to, onTo, onDone }: Props) {
  const act = useAction(rollBack, ['deployments', 'releases'])
  const opened = to !== undefined
  const past = useQuery({
    ...apiQuery(getTraffic, { params: { deployment }, query: { lastMs: PAST_MS, stepMs: PAST_MS / 100 } }, []),
    enabled: opened,
  })
  const versions = [...new Set([...(isMoving ? [current] : []), ...former.map(({ version }) => version)])]
  return (
    <OutlookDialog
      deployment={deployment}
      action="rollback"
      to={to}
      opened={opened}
      onClose={() => onTo(undefined)}
      title="Roll back"
      label={`Roll back to version ${to ?? ''}`}
      destructive
      reason="optional"
      more={to === undefined || past.data === undefined ? [] : [`${pastOf(past.data, to)}; ${pastOf(past.data, current)}.`]}
      onConfirm={async (reason) => {
        const body = { to: to!, ...(reason === '' ? {} : { reason }) }
        onDone(await act.mutateAsync({ params: { deployment }, body }))
      }}
    >
      <Select
        label="Back to"
        allowDeselect={false}
        data={versions.map((version) => ({
          value: String(version),
          label: version === current ? `version ${version}, the champion (ends the release)` : `version ${version}`,
        }))}
        value={to === undefined ? null : String(to)}
        onChange={(next) => onTo(Number(next))}
      />
    </OutlookDialog>
  )
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** How a version was when it answered, in the last thirty days. */
function pastOf({ versions, latencyBoundsMs }: Traffic, version: number): string {
  const found = versions.find((one) => one.version === version && one.role === 'answer')
  const requests = found === undefined ? 0 : sum(found.requests)
  if (found === undefined || requests === 0) return `in the last 30 days version ${version} answered nothing`
  const failed = sum(found.failures)
  return `version ${version} answered ${formatAmount(requests, 'request')} in the last 30 days, p99 ${formatDuration(latencyBelow(found.latencies, latencyBoundsMs, 0.99))}, ${formatShare(failed / requests)} failed`
}
