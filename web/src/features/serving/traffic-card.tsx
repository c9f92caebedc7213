import { useId } from 'react'
import { TimeSeries } from '../../draw/time-series.tsx'
import type { Mark } from '../../draw/series.ts'
import { formatDuration, formatNumber, formatShare } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Resource } from '../../ui/resource.tsx'
import type { LiveSample } from './live-traffic.ts'
import { SpanSwitch } from './span-switch.tsx'
import styles from './traffic-card.module.css'
import { linesOf } from './traffic-lines.ts'
import { chosen, moved, type Span, type SpanSearch, visibleOf } from './traffic-span.ts'
import { useTraffic } from './use-traffic.ts'
import { VersionTotals } from './version-totals.tsx'

interface Props {
  readonly deployment: string
  readonly model: string
  readonly span: Span
  readonly onSpan: (search: SpanSearch) => void
  readonly samples: readonly LiveSample[]
  readonly marks: readonly Mark[]
}

/** Requests, latency and errors by version over time, live or of any span back to the first day. */
export function TrafficCard({ deployment, model, span, onSpan, samples, marks }: Props) {
  const { query, traffic } = useTraffic(deployment, span, samples)
  const group = useId()
  const visible = traffic === undefined ? ([0, 1] as const) : visibleOf(span, traffic)
  const end = traffic?.at ?? 0
  return (
    <Card title="Traffic" aside={<SpanSwitch {...{ span, visible, end }} onChange={onSpan} />}>
      <Resource query={query} lines={12} label="Loading traffic">
        {() =>
          traffic === undefined || traffic.versions.length === 0 ? (
            <EmptyState
              title="Nobody asked in this time"
              commands={[`curl ${globalThis.location.origin}/v1/deployments/${deployment}/predict -d '{"instances":[…]}'`]}
            >
              The form below sends a request, too.
            </EmptyState>
          ) : (
            <div className={styles.charts} data-busy={query.isPlaceholderData}>
              <Charts
                {...{ traffic, visible, marks, group }}
                onSelect={(from, to) => onSpan(chosen(from, to, end))}
                onPan={(from, to) => onSpan(moved([from, to], 0, end))}
              />
              <VersionTotals deployment={deployment} model={model} span={span} />
            </div>
          )
        }
      </Resource>
    </Card>
  )
}

interface ChartsProps {
  readonly traffic: Parameters<typeof linesOf>[0]
  readonly visible: readonly [number, number]
  readonly marks: readonly Mark[]
  readonly group: string
  readonly onSelect: (from: number, to: number) => void
  readonly onPan: (from: number, to: number) => void
}

function Charts({ traffic, visible, marks, group, onSelect, onPan }: ChartsProps) {
  const lines = linesOf(traffic)
  const shared = { times: traffic.times, span: visible, group, onSelect, onPan, fromZero: true }
  const shown = marks.filter((mark) => mark.kind === 'event' && mark.at >= visible[0] && mark.at <= visible[1])
  const chart = (title: string, drawing: Pick<Parameters<typeof TimeSeries>[0], 'lines' | 'format' | 'height' | 'marks'>) => (
    <section aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      <TimeSeries {...shared} {...drawing} caption={title} />
    </section>
  )
  return (
    <>
      {chart('Requests a second', {
        lines: lines.requests,
        format: (value) => formatNumber(value, 2),
        height: 180,
        marks: shown,
      })}
      {chart('Latency', { lines: lines.latency, format: formatDuration, height: 160 })}
      {chart('Errors, share of requests', { lines: lines.errors, format: formatShare, height: 110 })}
      <p className={styles.hint}>Drag to look closer. Shift and drag, or a wheel turned sideways, moves through time.</p>
    </>
  )
}
