import { type FindingSeriesView, getFindingSeries } from '@seaworthy/api/history'
import { listWindows, type WatchedWindow } from '@seaworthy/api/operations'
import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import type { Band, Line, Mark } from '../../draw/series.ts'
import { TimeSeries } from '../../draw/time-series.tsx'
import { formatAmount, formatInterval, formatNumber, formatShare } from '../../format/number.ts'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { seriesStyle } from '../../theme/palette.ts'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { eventMarks } from './operations-output-drift.tsx'
import styles from './operations-page.module.css'
import { formatChosen, known, type PartProps, type Series } from './operations-part.ts'
import { SHOWN_DEFAULT, sliceText, snapped } from './operations-span.ts'

/** Windows that are asked for how wrong estimates were. */
const WINDOWS_ASKED = 5

/** Quality with its interval by span, beside what was estimated before the outcomes came, and how many have come. */
export function QualityCard(props: PartProps) {
  const { deployment, search, onSearch } = props
  const { shown = SHOWN_DEFAULT, slice } = search
  const query = { kind: 'quality', limit: shown, ...(slice === undefined ? {} : { slices: 'true' }) }
  const quality = useQuery(apiQuery(getFindingSeries, { params: { deployment }, query }, ['windows']))
  const recent = useQuery(apiQuery(listWindows, { params: { deployment }, query: { limit: WINDOWS_ASKED } }, ['windows']))
  const wanted = slice === undefined ? undefined : sliceText(slice)
  const whole = quality.data?.series.filter((one) => one.slice === undefined) ?? []
  const own = quality.data?.series.filter((one) => one.slice === wanted) ?? []
  const listed = own.length > 0 ? own : whole
  const series = listed.find(({ subject }) => subject === search.metric) ?? listed.find(isMeasured) ?? listed[0]
  const names = [...new Set(listed.map(({ subject }) => subject))]
  return (
    <Card
      title={series?.slice === undefined ? 'Quality' : `Quality where ${series.slice}`}
      aside={
        names.length > 1 ? (
          <NativeSelect
            size="xs"
            aria-label="Metric"
            value={series?.subject ?? ''}
            data={names}
            onChange={(event) => onSearch({ metric: event.currentTarget.value })}
          />
        ) : undefined
      }
    >
      <Resource
        query={quality}
        lines={8}
        label="Loading quality"
        isEmpty={() => series === undefined}
        empty={
          <EmptyState title="No outcome has come yet" commands={[`npx seaworthy outcomes ${deployment} outcomes.parquet`]}>
            Quality is measured when what really happened is told, and estimated until then.
          </EmptyState>
        }
      >
        {(view) =>
          series === undefined ? null : (
            <div className={styles.stack}>
              {wanted !== undefined && series.slice === undefined ? (
                <p className={styles.hint}>Of all rows: quality is not measured where {wanted}.</p>
              ) : null}
              <QualityFacts view={view} series={series} recent={recent.data?.items ?? []} />
              <QualityCharts {...props} quality={view} series={series} />
            </div>
          )
        }
      </Resource>
    </Card>
  )
}

const isMeasured = ({ values }: Series) => values.some((value) => value !== null)
const STATES = {
  ok: ['good', 'as agreed'],
  breach: ['bad', 'worse than agreed'],
  'not-enough-data': ['unknown', 'not enough data'],
} as const

interface FactsProps {
  readonly view: FindingSeriesView
  readonly series: Series
  readonly recent: readonly WatchedWindow[]
}

function QualityFacts({ view: { windows }, series, recent }: FactsProps) {
  const { zone } = useTimeZone()
  const at = series.values.findLastIndex((value) => value !== null)
  const expected = (series.estimates ?? []).findLastIndex((value, i) => value !== null && series.values[i] === null)
  const of = (i: number) => formatSpan(windows[i]!.from, windows[i]!.to, zone)
  const error = recent
    .flatMap(({ findings }) => findings)
    .find(
      ({ kind, subject, estimateError }) => kind === 'quality' && subject === series.subject && estimateError !== undefined,
    )?.estimateError
  const state = series.states[at < 0 ? series.states.length - 1 : at]
  const interval = series.intervals?.[at]
  const estimate = series.estimates?.[at]
  const next = series.estimates?.[expected]
  const agreed = series.bounds.findLast((bound) => bound !== null) ?? undefined
  return (
    <FactList
      facts={[
        [
          'Measured last',
          at < 0 ? 'not yet' : <b key="value">{formatInterval(series.values[at]!, interval?.low, interval?.high)}</b>,
        ],
        ...(state == null
          ? []
          : [
              [
                'State',
                <StatusBadge key="state" tone={STATES[state][0]}>
                  {STATES[state][1]}
                </StatusBadge>,
              ] as const,
            ]),
        ['Agreed', agreed === undefined ? 'nothing' : formatChosen(agreed)],
        ...(at < 0
          ? []
          : [['Of', of(at)] as const, ['Outcomes that came', formatShare(series.coverages?.[at] ?? undefined)] as const]),
        ...(estimate == null ? [] : [['It was estimated', formatInterval(estimate.value, estimate.low, estimate.high)] as const]),
        ...(next == null ? [] : [[`Estimated for ${of(expected)}`, formatInterval(next.value, next.low, next.high)] as const]),
        ...(error === undefined
          ? []
          : [
              [
                'Estimates were off by',
                `${formatNumber(error.meanAbsoluteError, 2)} on average; ${formatShare(error.coverage)} of ${formatAmount(error.windows, 'span')} lay in their interval`,
              ] as const,
            ]),
      ]}
    />
  )
}

interface ChartProps extends PartProps {
  readonly quality: FindingSeriesView
  readonly series: Series
}

function QualityCharts({ quality, series, view, onSearch }: ChartProps) {
  const group = useId()
  const { windows, marks } = quality
  const times = windows.map(({ from }) => from)
  const bound = series.bounds.findLast((value) => value !== null)
  const drawn: readonly Mark[] = [
    ...(bound == null ? [] : [{ kind: 'bound', value: bound, label: `agreed ${formatChosen(bound)}` } as const]),
    ...eventMarks(marks, windows),
  ]
  const { lines, bands } = linesOf(series)
  const shared = { times, group, onSelect: (from: number, to: number) => onSearch(snapped(view.windows, { from, to })) }
  return (
    <>
      <TimeSeries
        {...shared}
        caption={`${series.subject} by span`}
        {...{ lines, bands }}
        marks={drawn}
        height={200}
        format={(value) => formatNumber(value)}
      />
      {series.coverages === undefined ? null : (
        <TimeSeries
          {...shared}
          caption="Share of outcomes that have come"
          lines={[{ label: 'outcomes that have come', values: known(series.coverages), style: seriesStyle(2) }]}
          height={110}
          fromZero
          format={formatShare}
        />
      )}
    </>
  )
}

function linesOf({ subject, values, intervals, estimates }: Series): {
  readonly lines: readonly Line[]
  readonly bands: readonly Band[]
} {
  const measured = `${subject}, measured`
  const band = (of: string, column: readonly ({ readonly low: number; readonly high: number } | null)[]): Band => ({
    of,
    low: column.map((each) => each?.low),
    high: column.map((each) => each?.high),
  })
  const has = estimates?.some((each) => each !== null) === true
  return {
    lines: [
      { label: measured, values: known(values), style: seriesStyle(0) },
      ...(has ? [{ label: 'estimated before', values: estimates.map((each) => each?.value), style: seriesStyle(1) }] : []),
    ],
    bands: [
      ...(intervals === undefined ? [] : [band(measured, intervals)]),
      ...(has ? [band('estimated before', estimates)] : []),
    ],
  }
}
