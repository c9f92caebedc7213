import type { Traffic } from '@seaworthy/api/traffic'
import { Link } from '@tanstack/react-router'
import { ShareBar } from '../../draw/share-bar.tsx'
import { formatCount, formatDuration, formatShare } from '../../format/number.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { latencyBelow } from './latency-share.ts'
import { nameOfSeries, styleOfVersion } from './traffic-lines.ts'
import type { Span } from './traffic-span.ts'
import { useTrafficTotals } from './use-traffic.ts'
import styles from './version-totals.module.css'

interface Props {
  readonly deployment: string
  readonly model: string
  readonly span: Span
}
interface Row {
  readonly version: number
  readonly name: string
  readonly requests: number
  readonly share: number | undefined
  readonly failures: number
  readonly invalid: number
  readonly rows: number
  readonly flagged: number
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
}

/** What each version did in the whole of the span. */
export function VersionTotals({ deployment, model, span }: Props) {
  const { data } = useTrafficTotals(deployment, span)
  if (data === undefined) return null
  return (
    <div className={styles.table}>
      <DataTable
        caption="Traffic by version in this span"
        columns={columnsOf(model)}
        rows={rowsOf(data)}
        rowKey={({ name }) => name}
      />
    </div>
  )
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function rowsOf({ versions, latencyBoundsMs }: Traffic): readonly Row[] {
  const all = sum(versions.filter(({ role }) => role === 'answer').map(({ requests }) => sum(requests)))
  return versions.map((one) => {
    const requests = sum(one.requests)
    return {
      ...{ version: one.version, name: nameOfSeries(one), requests },
      share: one.role === 'answer' && all > 0 ? requests / all : undefined,
      ...{ failures: sum(one.failures), invalid: sum(one.invalid), rows: sum(one.rows), flagged: sum(one.flagged) },
      p50Ms: latencyBelow(one.latencies, latencyBoundsMs, 0.5),
      p99Ms: latencyBelow(one.latencies, latencyBoundsMs, 0.99),
    }
  })
}

const of = (count: number, all: number) => (all === 0 ? '–' : formatShare(count / all))
const columnsOf = (model: string): readonly Column<Row>[] => [
  {
    key: 'version',
    header: 'Version',
    cell: ({ version, name }) => (
      <span className={styles.name}>
        <span className={styles.swatch} style={{ background: styleOfVersion(version).color }} aria-hidden />
        <Link to="/models/$model" params={{ model }} search={{ version }}>
          {name}
        </Link>
      </span>
    ),
    wide: true,
  },
  { key: 'requests', header: 'Requests', cell: ({ requests }) => formatCount(requests), align: 'right' },
  {
    key: 'share',
    header: 'Share',
    cell: ({ share }) =>
      share === undefined ? (
        'copies'
      ) : (
        <span className={styles.share}>
          <ShareBar share={share} label={formatShare(share)} /> {formatShare(share)}
        </span>
      ),
    align: 'right',
    hideBelow: 'narrow',
  },
  { key: 'failed', header: 'Failed', cell: ({ failures, requests }) => of(failures, requests), align: 'right' },
  {
    key: 'refused',
    header: 'Refused',
    cell: ({ invalid, requests }) => of(invalid, requests),
    align: 'right',
    hideBelow: 'medium',
  },
  { key: 'flagged', header: 'Flagged rows', cell: ({ flagged, rows }) => of(flagged, rows), align: 'right', hideBelow: 'medium' },
  { key: 'p50', header: 'p50', cell: ({ p50Ms }) => formatDuration(p50Ms), align: 'right', hideBelow: 'narrow' },
  { key: 'p99', header: 'p99', cell: ({ p99Ms }) => formatDuration(p99Ms), align: 'right' },
]
