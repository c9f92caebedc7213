import { type ColumnView, getProfileColumn } from '@seaworthy/api/history'
import { listWindows } from '@seaworthy/api/operations'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from '../../api/api-query.ts'
import { HistogramPair } from '../../draw/histogram-pair.tsx'
import { formatAmount, formatCount, formatNumber, formatShare } from '../../format/number.ts'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { DriftOverTime } from './operations-output-drift.tsx'
import styles from './operations-page.module.css'
import { formatEffect, type PartProps, type Series } from './operations-part.ts'
import { SliceList } from './operations-slice-list.tsx'
import { spanOfReference } from './operations-span.ts'

interface Props extends PartProps {
  readonly feature: string
  readonly series: Series | undefined
}

/** One input of the span beside what it is held against, on the same bins. */
export function FeatureComparison(props: Props) {
  const { deployment, feature, span, search, series } = props
  const { against = 'baseline', slice } = search
  const column = useQuery(
    apiQuery(
      getProfileColumn,
      {
        params: { deployment, column: feature },
        query: { from: span.from, to: span.to, against, ...(slice === undefined ? {} : { slice }) },
      },
      ['windows'],
    ),
  )
  const last = useQuery(apiQuery(listWindows, { params: { deployment }, query: { before: span.to, limit: 1 } }, ['windows']))
  return (
    <Resource query={column} lines={8} label="Comparing">
      {(view) => (
        <div className={styles.stack} data-busy={column.isPlaceholderData}>
          <Verdict view={view} />
          {view.rows === 0 ? (
            <EmptyState title="No row of this span is like that" />
          ) : (
            <div className={styles.columns}>
              <Distribution view={view} />
              <div className={styles.stack}>
                {view.quantiles === undefined ? null : <Quantiles view={view} />}
                <Changes view={view} />
              </div>
            </div>
          )}
          {series === undefined ? null : <DriftOverTime {...props} series={series} />}
          <SliceList
            windows={last.data?.items ?? []}
            feature={feature}
            onSlice={(next) => props.onSearch({ slice: next })}
            chosen={slice}
          />
        </div>
      )}
    </Resource>
  )
}

const DRIFT_TONES = {
  drift: ['attention', 'drift'],
  'no-drift': ['good', 'no drift'],
  'not-enough-data': ['unknown', 'not enough data'],
} as const

function Verdict({ view }: { readonly view: ColumnView }) {
  const { verdict, rowsOf, windows, windowsOfOthers, truncated, version, source } = view
  if (verdict === undefined) return null
  const { title, unit, value, effectFloor, chance, pValue, because, sentence, rowsNeeded } = verdict
  const [tone, word] = DRIFT_TONES[verdict.verdict]
  const made = source === 'windows' ? formatAmount(windows, 'window') : 'the journal'
  return (
    <div className={styles.verdict}>
      <p className="foreign">
        <StatusBadge tone={tone}>{word}</StatusBadge> {sentence}
      </p>
      <FactList
        facts={[
          ['Measure', /^\d/.test(unit) ? `${title}, ${unit}` : title],
          ['Effect', <b key="effect">{formatEffect(value, unit)}</b>],
          ['Matters from', formatEffect(effectFloor, unit)],
          ['Chance reaches', formatEffect(chance, unit)],
          ...(pValue === undefined ? [] : [['p-value', pValue < 1e-12 ? '< 10⁻¹²' : formatNumber(pValue, 2)] as const]),
          ['Rows', `${formatCount(rowsOf.window)}, held against ${formatCount(rowsOf.reference)}`],
          ...(rowsNeeded === undefined ? [] : [['Rows needed', formatCount(rowsNeeded)] as const]),
        ]}
      />
      <p className={styles.hint}>
        {capital(because)}. From {made}, on the bins of version {version}.
        {windowsOfOthers > 0 ? ` ${formatAmount(windowsOfOthers, 'window')} of other versions left out.` : ''}
        {truncated ? ' Only the newest rows are in it.' : ''}
      </p>
    </div>
  )
}
const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}`

/** Kinds of bins that are always shown; the others when something is in them. */
const MAIN_BINS = new Set(['range', 'value'])

function Distribution({ view }: { readonly view: ColumnView }) {
  const names = useNames(view)
  const bins = view.bins.filter(({ kind, reference, window }) => MAIN_BINS.has(kind) || reference > 0 || window > 0)
  return (
    <HistogramPair
      caption={`Share of rows by ${view.family === 'numbers' ? 'range' : 'value'} of ${view.column}, ${names[0]} and ${names[1]}`}
      labels={bins.map(({ label }) => label)}
      axis={bins.map(({ kind, label }) => axisLabel(kind, label))}
      before={bins.map(({ reference }) => share(reference, view.rowsOf.reference))}
      after={bins.map(({ window }) => share(window, view.rowsOf.window))}
      names={names}
      height={220}
    />
  )
}
const share = (rows: number, of: number) => (of === 0 ? 0 : rows / of)

/** `231 to 363` is 231 on an axis, and the ends are signs. */
function axisLabel(kind: ColumnView['bins'][number]['kind'], label: string): string {
  if (kind === 'above' || kind === 'below')
    return label.replace(/^above /, '> ').replace(/^below the smallest seen$/, '< all seen')
  if (kind !== 'range') return label
  return label.replace(/^up to /, '≤ ').replace(/ to .*$/, '')
}

function useNames({ against, from, to }: ColumnView): readonly [string, string] {
  const { zone } = useTimeZone()
  const other = spanOfReference(against)
  return [other === undefined ? 'training data' : formatSpan(other.from, other.to, zone), formatSpan(from, to, zone)]
}

interface Quantile {
  readonly name: string
  readonly before: number
  readonly after: number
}

function Quantiles({ view: { quantiles, summary, referenceSummary } }: { readonly view: ColumnView }) {
  const { shares, reference, window } = quantiles!
  const rows: readonly Quantile[] = shares.map((at, i) => ({
    name: at === 0.5 ? 'median' : formatShare(at),
    ...{ before: reference[i]!, after: window[i]! },
  }))
  const means: readonly Quantile[] =
    summary.numbers === undefined || referenceSummary?.numbers === undefined
      ? []
      : [{ name: 'mean', before: referenceSummary.numbers.mean, after: summary.numbers.mean }]
  return <DataTable caption="Quantiles" columns={QUANTILE_COLUMNS} rows={[...rows, ...means]} rowKey={({ name }) => name} />
}

const QUANTILE_COLUMNS: readonly Column<Quantile>[] = [
  { key: 'name', header: 'Quantile', cell: ({ name }) => name, wide: true },
  { key: 'before', header: 'Before', cell: ({ before }) => formatNumber(before), align: 'right' },
  { key: 'after', header: 'Now', cell: ({ after }) => formatNumber(after), align: 'right' },
  {
    key: 'change',
    header: 'Change',
    cell: ({ before, after }) =>
      after === before ? '0' : `${after > before ? '+' : '−'}${formatNumber(Math.abs(after - before))}`,
    align: 'right',
  },
]

interface Change {
  readonly label: string
  readonly kind: string
  readonly before: number
  readonly after: number
}
const CHANGES_SHOWN = 10

/** What changed most; and always what is missing, of another type, or was never seen in training. */
function Changes({ view: { bins, rowsOf, verdict, family, summary } }: { readonly view: ColumnView }) {
  const told = (verdict?.changes ?? []).map(({ label }) => label)
  const rows = bins
    .map(({ kind, label, reference, window }): Change => ({
      ...{ kind, label },
      ...{ before: share(reference, rowsOf.reference), after: share(window, rowsOf.window) },
    }))
    .filter(({ kind, label, before, after }) =>
      MAIN_BINS.has(kind) ? (family === 'values' ? before !== after : told.includes(label)) : before > 0 || after > 0,
    )
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, CHANGES_SHOWN)
  const fresh = newValues(bins, summary)
  return (
    <>
      <DataTable
        caption="What changed most"
        columns={CHANGE_COLUMNS}
        rows={rows}
        rowKey={({ kind, label }) => `${kind} ${label}`}
      />
      {fresh.length === 0 ? null : (
        <p className="foreign">
          Never seen in training: {fresh.map(([value, count]) => `${value} (${formatAmount(count, 'row')})`).join(', ')}
        </p>
      )}
    </>
  )
}

const NEW_SHOWN = 12
/** Values of the window without a bin, where the training data had no others. */
function newValues(bins: ColumnView['bins'], { frequent = [] }: ColumnView['summary']) {
  if (!bins.some(({ kind, window }) => kind === 'new' && window > 0)) return []
  const known = new Set(bins.map(({ label }) => label))
  return frequent.filter(([value]) => !known.has(value)).slice(0, NEW_SHOWN)
}

const CHANGE_COLUMNS: readonly Column<Change>[] = [
  {
    key: 'label',
    header: 'What changed most',
    cell: ({ label, kind, before, after }) => (
      <>
        <span className="foreign">{label}</span>{' '}
        {kind === 'new' ? (
          <StatusBadge tone="attention" plain>
            new
          </StatusBadge>
        ) : null}
        {kind === 'value' && after === 0 && before > 0 ? (
          <StatusBadge tone="attention" plain>
            gone
          </StatusBadge>
        ) : null}
      </>
    ),
    wide: true,
  },
  { key: 'before', header: 'Before', cell: ({ before }) => formatShare(before), align: 'right' },
  { key: 'after', header: 'Now', cell: ({ after }) => formatShare(after), align: 'right' },
]
