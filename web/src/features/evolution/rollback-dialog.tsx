import { Select } from '@mantine/core'
import { type Champion, rollBack, type Rollback } from '@seaworthy/api/release'
import { getTraffic, type Traffic } from '@seaworthy/api/traffic'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from '../../api/api-query.ts'
import { useAction } from '../../api/use-action.ts'
import { formatCount, formatDuration, formatShare } from '../../format/number.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { latencyBelow } from '../serving/latency-share.ts'
import { OutlookDialog } from './outlook-dialog.tsx'

const PAST_MS = 30 * 86_400_000

interface Props {
  readonly deployment: string
  /** The champion, and those before it, newest first. */
  readonly current: number
  /** The version that a release moves traffic to, so that the champion is a way back, too. */
  readonly moving: number | undefined
  readonly former: readonly Champion[]
  /** The version to go back to; undefined while the dialog is closed. */
  readonly to: number | undefined
  readonly onTo: (version: number | undefined) => void
  readonly onDone: (rollback: Rollback) => void
}

/** Back to a version that answered before, in one deliberate step. */
export function RollbackDialog({ deployment, current, moving, former, to, onTo, onDone }: Props) {
  const act = useAction(rollBack, ['deployments', 'releases'])
  const opened = to !== undefined
  const past = useQuery({
    ...apiQuery(getTraffic, { params: { deployment }, query: { lastMs: PAST_MS, stepMs: PAST_MS / 100 } }, []),
    enabled: opened,
  })
  const versions = [...new Set([...(moving !== undefined ? [current] : []), ...former.map(({ version }) => version)])]
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
      {to === undefined || past.data === undefined ? null : (
        <DataTable
          caption="How the versions were"
          columns={COLUMNS}
          rows={[...new Set([to, to === current && moving !== undefined ? moving : current])].map((one) =>
            pastOf(past.data, one),
          )}
          rowKey={({ version }) => version}
        />
      )}
    </OutlookDialog>
  )
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

interface Past {
  readonly version: number
  readonly requests: number
  readonly failures: number
  readonly p99Ms: number | undefined
}

/** How a version was when it answered. */
function pastOf({ versions, latencyBoundsMs }: Traffic, version: number): Past {
  const found = versions.find((one) => one.version === version && one.role === 'answer')
  return {
    version,
    requests: sum(found?.requests ?? []),
    failures: sum(found?.failures ?? []),
    p99Ms: latencyBelow(found?.latencies ?? [], latencyBoundsMs, 0.99),
  }
}

const COLUMNS: readonly Column<Past>[] = [
  { key: 'version', header: 'In the last 30 days', cell: ({ version }) => `version ${version}`, wide: true },
  { key: 'requests', header: 'Answered', cell: ({ requests }) => formatCount(requests), align: 'right' },
  { key: 'p99', header: 'p99', cell: ({ p99Ms }) => formatDuration(p99Ms), align: 'right' },
  {
    key: 'failed',
    header: 'Failed',
    cell: ({ failures, requests }) => formatShare(requests === 0 ? undefined : failures / requests),
    align: 'right',
  },
]
