import { Button, SegmentedControl } from '@mantine/core'
import { useCallback, useEffect, useEffectEvent, useState } from 'react'
import { HeatMap } from '../../draw/heat-map.tsx'
import { formatAmount, formatCount } from '../../format/number.ts'
import { formatSpan, formatTime } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import styles from './operations-page.module.css'
import { EVERY_INPUT, formatEffect, type PartProps, ratioAt, type Series } from './operations-part.ts'
import { placesOf, SHOWN_COUNTS, SHOWN_DEFAULT } from './operations-span.ts'

const ROWS_SHOWN = 40
/** A brush is taken when it rests for so long. */
const REST_MS = 250
const STATES = { ok: 'within bounds', breach: 'beyond the bound', 'not-enough-data': 'not enough data' } as const

/** Inputs and outputs by window, the worst first; where one chooses what the rest of the page is about. */
export function DriftMapCard({ view, span, search, onSearch }: PartProps) {
  const { zone } = useTimeZone()
  const [all, setAll] = useState(false)
  const [draft, setDraft] = useState<{ readonly from: number; readonly to: number; readonly row: number }>()
  const { windows } = view
  const series = view.series.filter(({ slice }) => slice === undefined)
  const shown = all ? series : series.slice(0, ROWS_SHOWN)
  const choose = ({ from, to, row }: { readonly from: number; readonly to: number; readonly row: number }) =>
    onSearch({ ...subjectSearch(shown[row]), from: windows[from]!.from, to: windows[to]!.to })
  const settle = useEffectEvent(() => {
    if (draft !== undefined) choose(draft)
    setDraft(undefined)
  })
  useEffect(() => {
    if (draft === undefined) return undefined
    const timer = window.setTimeout(settle, REST_MS)
    return () => window.clearTimeout(timer)
  }, [draft])
  const cellAt = useCallback((row: number, column: number) => cellOf(shown[row], column), [view, all])
  if (series.length === 0)
    return (
      <Card title="Drift">
        <EmptyState title="Nothing is held against the training data">
          The version that answers came without training data, or `monitoring.drift` of the contract is `off`.
        </EmptyState>
      </Card>
    )
  return (
    <Card title="Drift of inputs and outputs" aside={<ShownSwitch search={search} onSearch={onSearch} />}>
      <div className={styles.stack}>
        <p className={styles.hint}>
          Click a cell to look at it. Drag across, or hold Shift with the arrow keys, to look at several windows together.
        </p>
        <HeatMap
          caption="Drift by input and window"
          rows={shown.map(rowName)}
          columns={windows.map(({ from, to, version }) => `${formatSpan(from, to, zone)}, version ${version}`)}
          axis={windows.map(({ from }) => formatTime(from, zone).slice(5))}
          cellAt={cellAt}
          span={draft ?? placesOf(windows, span)}
          onBrush={({ from, to }, row) => setDraft({ from, to, row })}
          onOpen={(row, column) => choose({ from: column, to: column, row })}
        />
        {series.length > ROWS_SHOWN ? (
          <Button size="xs" variant="subtle" className={styles.begin!} onClick={() => setAll(!all)}>
            {all ? `Only the ${ROWS_SHOWN} worst` : `All ${formatAmount(series.length, 'row')}`}
          </Button>
        ) : null}
        {view.truncated ? <p className={styles.hint}>Older windows are not drawn.</p> : null}
      </div>
    </Card>
  )
}

const subjectSearch = (series: Series | undefined) =>
  series === undefined || series.subject === EVERY_INPUT
    ? {}
    : series.kind === 'drift'
      ? { feature: series.subject, output: undefined }
      : { feature: undefined, output: series.subject }

const rowName = ({ kind, subject }: Series): string =>
  subject === EVERY_INPUT ? 'all inputs' : kind === 'drift' ? subject : `answer: ${subject}`

function cellOf(series: Series | undefined, at: number) {
  const state = series?.states[at]
  if (series === undefined || state === null || state === undefined) return undefined
  const { values, bounds, chances, rows, unit, measure } = series
  const value = values[at] ?? undefined
  const limits = [
    bounds[at] == null ? '' : `matters from ${formatEffect(bounds[at], unit)}`,
    chances?.[at] == null ? '' : `chance reaches ${formatEffect(chances[at], unit)}`,
  ].filter(Boolean)
  const said = value === undefined ? '' : `${measure} ${formatEffect(value, unit)} (${limits.join(', ')}); `
  return {
    state,
    ratio: ratioAt(series, at),
    text: `${STATES[state]}; ${said}${rows[at] == null ? '' : `${formatCount(rows[at])} rows`}`,
  }
}

const ShownSwitch = ({ search, onSearch }: Pick<PartProps, 'search' | 'onSearch'>) => (
  <SegmentedControl
    size="xs"
    aria-label="Windows that are drawn"
    value={String(search.shown ?? SHOWN_DEFAULT)}
    data={SHOWN_COUNTS.map((count) => ({ value: String(count), label: `${count} windows` }))}
    onChange={(value) => onSearch({ shown: SHOWN_COUNTS.find((count) => String(count) === value) })}
  />
)
