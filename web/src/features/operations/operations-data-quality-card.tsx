import { getFindingSeries } from '@seaworthy/api/history'
import { listWindows } from '@seaworthy/api/operations'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from '../../api/api-query.ts'
import { Sparkline } from '../../draw/sparkline.tsx'
import { formatAmount, formatCount, formatDuration, formatNumber, formatShare } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge, ToneSign } from '../../ui/status-badge.tsx'
import styles from './operations-page.module.css'
import { known, type PartProps, type Series } from './operations-part.ts'
import { placesOf, SHOWN_DEFAULT, type Span } from './operations-span.ts'

/** Findings about a column; what is about rows and the feed has a table of its own. */
const OF_COLUMNS = ['missing', 'new-values', 'out-of-range', 'stuck', 'rescaled']

/** What is wrong with the data of the span: of each input, and of the rows and their feed. */
export function DataQualityCard({ deployment, span, search, onSearch }: PartProps) {
  const { shown = SHOWN_DEFAULT } = search
  const found = useQuery(
    apiQuery(getFindingSeries, { params: { deployment }, query: { kind: 'data-quality,feed', limit: shown } }, ['windows']),
  )
  const last = useQuery(apiQuery(listWindows, { params: { deployment }, query: { before: span.to, limit: 1 } }, ['windows']))
  const sentences = (last.data?.items[0]?.findings ?? []).filter(
    ({ kind, state, slice }) => (kind === 'data-quality' || kind === 'feed') && state === 'breach' && slice === undefined,
  )
  return (
    <Card title="Data quality" flush>
      <Resource
        query={found}
        lines={8}
        isEmpty={({ series }) => series.length === 0}
        empty={<EmptyState title="Nothing was looked at yet" />}
      >
        {({ windows, series }) => {
          const places = placesOf(windows, span)
          const columns = series.filter(({ kind, measure }) => kind === 'data-quality' && OF_COLUMNS.includes(measure))
          const names = [...new Set(columns.map(({ subject }) => subject))]
          return places === undefined ? (
            <EmptyState title="No window of this span was watched" />
          ) : (
            <>
              {sentences.length === 0 ? null : (
                <ul className={styles.sentences}>
                  {sentences.map(({ subject, measure, sentence }) => (
                    <li key={`${subject} ${measure}`} className="foreign">
                      <ToneSign tone="attention" /> {sentence}
                    </li>
                  ))}
                </ul>
              )}
              <DataTable
                caption="Data quality by input"
                columns={columnsFor(columns, places, (feature) => onSearch({ feature, output: undefined }))}
                rows={names}
                rowKey={(name) => name}
              />
              <DataTable
                caption="Rows and their feed"
                columns={rowColumns(places)}
                rows={series.filter((one) => !columns.includes(one) && !isTold(one, places))}
                rowKey={({ kind, subject, measure }) => `${kind} ${subject} ${measure}`}
              />
            </>
          )
        }}
      </Resource>
    </Card>
  )
}

interface Seen {
  readonly state: Series['states'][number]
  readonly value: number | undefined
  readonly bound: number | undefined
  /** Windows in breach. */
  readonly breaches: number
}

/** Of several windows the worst one, and the last of those that are alike. */
function seenIn({ states, values, bounds }: Series, { from, to }: Span): Seen {
  const places = Array.from({ length: to - from + 1 }, (_, i) => to - i)
  const broken = places.filter((at) => states[at] === 'breach')
  const at = broken[0] ?? places.find((one) => states[one] === 'ok') ?? places.find((one) => states[one] != null) ?? to
  return { state: states[at] ?? null, value: values[at] ?? undefined, bound: bounds[at] ?? undefined, breaches: broken.length }
}

/** The count of predictions says the same, unless none came. */
const isTold = (series: Series, places: Span): boolean =>
  series.subject === 'predictions' && series.measure === 'silence' && seenIn(series, places).breaches === 0

function Cell({ series, places }: { readonly series: Series | undefined; readonly places: Span }) {
  if (series === undefined) return <span className="dim">–</span>
  const seen = seenIn(series, places)
  const text =
    valueOf(series, seen.value) ?? (series.measure === 'rescaled' ? (seen.state === 'breach' ? 'changed' : 'the same') : '–')
  const times = places.to > places.from && seen.breaches > 0 ? ` in ${formatAmount(seen.breaches, 'window')}` : ''
  if (seen.state === 'breach') return <StatusBadge tone="attention" plain>{`${text}${times}`}</StatusBadge>
  return (
    <span className={seen.value === 0 || seen.state !== 'ok' ? `dim ${styles.line}` : styles.line}>
      {seen.state === 'ok' ? text : 'not enough data'}
    </span>
  )
}

function valueOf({ subject, measure, unit }: Series, value: number | undefined): string | undefined {
  if (value === undefined) return undefined
  if (unit === 'seconds') return formatDuration(value * 1_000)
  if (measure === 'rescaled') return `× ${formatNumber(value)}`
  if (measure === 'stuck' || measure === 'volume') return formatCount(value)
  if (measure === 'silence' && subject === 'predictions') return formatCount(value)
  return formatShare(value)
}

const HEADERS = [
  ['missing', 'Missing'],
  ['new-values', 'Never seen before'],
  ['out-of-range', 'Out of range'],
  ['stuck', 'Different values'],
  ['rescaled', 'Scale'],
] as const

const columnsFor = (series: readonly Series[], places: Span, onFeature: (name: string) => void): readonly Column<string>[] => [
  {
    key: 'input',
    header: 'Input',
    cell: (name) => (
      <button type="button" className={`${styles.link} foreign`} onClick={() => onFeature(name)}>
        {name}
      </button>
    ),
    wide: true,
  },
  ...HEADERS.map(([measure, header]): Column<string> => ({
    key: measure,
    header,
    cell: (name) => <Cell series={series.find((one) => one.subject === name && one.measure === measure)} places={places} />,
    align: 'right',
  })),
]

const NAMES: Readonly<Record<string, string>> = {
  'predictions volume': 'Predictions',
  'predictions silence': 'Predictions, or silence',
  'predictions freshness': 'From the last prediction to the end',
  'outcomes silence': 'Outcomes that have come',
  '* duplicates': 'Rows that are the same as another',
  'rows outliers': 'Rows far outside of the training data',
}
const nameOf = ({ subject, measure }: Series) => NAMES[`${subject} ${measure}`] ?? `${subject}: ${measure}`

const rowColumns = (places: Span): readonly Column<Series>[] => [
  { key: 'what', header: 'Rows and their feed', cell: (series) => <span className="foreign">{nameOf(series)}</span>, wide: true },
  { key: 'value', header: 'Value', cell: (series) => <Cell series={series} places={places} />, align: 'right' },
  {
    key: 'bound',
    header: 'Matters from',
    cell: (series) => (
      <span className={styles.line}>
        {(series.measure === 'silence' ? undefined : valueOf(series, seenIn(series, places).bound)) ?? '–'}
      </span>
    ),
    align: 'right',
    hideBelow: 'narrow',
  },
  {
    key: 'shape',
    header: 'By window',
    cell: (series) => <Sparkline values={known(series.values)} label={`${nameOf(series)} by window`} width={140} />,
    hideBelow: 'narrow',
  },
]
