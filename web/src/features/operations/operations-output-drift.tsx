import { listWindows } from '@seaworthy/api/operations'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from '../../api/api-query.ts'
import type { Mark } from '../../draw/series.ts'
import { TimeSeries } from '../../draw/time-series.tsx'
import { formatNumber } from '../../format/number.ts'
import { seriesStyle } from '../../theme/palette.ts'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import styles from './operations-page.module.css'
import { formatChosen, known, type PartProps, type Series } from './operations-part.ts'
import { snapped } from './operations-span.ts'

interface Props extends PartProps {
  readonly series: Series
}

/** Drift of what the model answers: the words of the last window of the span, and its measure over time. */
export function OutputDrift(props: Props) {
  const { deployment, span, series } = props
  const last = useQuery(apiQuery(listWindows, { params: { deployment }, query: { before: span.to, limit: 1 } }, ['windows']))
  return (
    <Resource query={last} lines={6}>
      {({ items }) => {
        const found = items[0]?.findings.find(
          ({ kind, subject, slice }) => kind === series.kind && subject === series.subject && slice === undefined,
        )
        return (
          <div className={styles.stack}>
            {found === undefined ? null : (
              <p className="foreign">
                <StatusBadge tone={STATE_TONES[found.state]}>{STATE_WORDS[found.state]}</StatusBadge> {found.sentence}
              </p>
            )}
            <DriftOverTime {...props} />
          </div>
        )
      }}
    </Resource>
  )
}

const STATE_TONES = { ok: 'good', breach: 'attention', 'not-enough-data': 'unknown' } as const
const STATE_WORDS = { ok: 'no drift', breach: 'drift', 'not-enough-data': 'not enough data' } as const

/** The measure of one input or output, window by window; a drag chooses what is looked at. */
export function DriftOverTime({ view, span, series, onSearch }: Props) {
  const { windows, marks } = view
  const { values, bounds, chances, unit, measure, subject } = series
  const bound = bounds.findLast((value) => value !== null)
  const drawn: readonly Mark[] = [
    ...(bound == null ? [] : [{ kind: 'bound', value: bound, label: `matters from ${formatChosen(bound)}` } as const]),
    ...eventMarks(marks, windows),
    { kind: 'event', at: span.from, label: 'looked at', tone: 'quiet' },
  ]
  return (
    <TimeSeries
      caption={`${measure} of ${subject} by window`}
      times={windows.map(({ from }) => from)}
      lines={[
        { label: `${measure}${unit === undefined ? '' : `, ${unit}`}`, values: known(values), style: seriesStyle(0) },
        ...(chances === undefined ? [] : [{ label: 'chance reaches', values: known(chances), style: seriesStyle(1) }]),
      ]}
      marks={drawn}
      height={140}
      fromZero
      format={(value) => formatNumber(value)}
      onSelect={(from, to) => onSearch(snapped(windows, { from, to }))}
    />
  )
}

const HOW_TONES = { launch: 'info', release: 'info', rollback: 'attention' } as const

/** When another version came to answer, inside of what is drawn. */
export function eventMarks(
  marks: Props['view']['marks'],
  windows: readonly { readonly from: number; readonly to: number }[],
): readonly Mark[] {
  const [begin, end] = [windows[0]?.from ?? 0, windows.at(-1)?.from ?? 0]
  return marks
    .filter(({ at }) => at >= begin && at <= end)
    .map(({ at, version, how }) => ({ kind: 'event', at, tone: HOW_TONES[how], label: `version ${version}, ${how}` }))
}
