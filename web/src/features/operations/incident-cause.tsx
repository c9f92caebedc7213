import type { FindingSeriesView } from '@seaworthy/api/history'
import type { Incident } from '@seaworthy/api/incidents'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { HistogramPair } from '../../draw/histogram-pair.tsx'
import type { Mark } from '../../draw/series.ts'
import { TimeSeries } from '../../draw/time-series.tsx'
import { formatCount } from '../../format/number.ts'
import { seriesStyle } from '../../theme/palette.ts'
import { Card } from '../../ui/card.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './incident-page.module.css'
import { inWords, KINDS, measured } from './incident-words.ts'
import { seriesOf } from './use-incident-series.ts'

type Member = Incident['members'][number]
interface Props {
  readonly deployment: string
  readonly member: Member
  readonly series: FindingSeriesView | undefined
}
const SLICES_SHOWN = 8
const PREDICTIONS_SHOWN = 10

/** One cause with all that shows it: its numbers, before and after, how it went, where it is worst, predictions to look at. */
export function IncidentCause({ deployment, member, series }: Props) {
  const { finding, since, clearedAt } = member
  const { kind, subject, measure, slice, value, bound, unit, rows, sentence, evidence = {} } = finding
  const { histogram, slices = [], predictions = [], effect } = evidence
  return (
    <Card
      title={`${KINDS[kind]}: ${subject}${slice === undefined ? '' : ` where ${slice}`}`}
      aside={
        clearedAt === undefined ? (
          <StatusBadge tone="bad" plain>
            in breach
          </StatusBadge>
        ) : (
          <span>
            <StatusBadge tone="good" plain>
              over
            </StatusBadge>{' '}
            since <Time at={clearedAt} />
          </span>
        )
      }
    >
      <div className={styles.cause}>
        <div className={styles.words}>
          <p className="foreign">{sentence}</p>
          <p className="dim numeric">
            {inWords(measure)} <b className={styles.ink}>{measured(value, measure, unit)}</b>
            {bound === undefined ? '' : `, bound ${measured(bound, measure, unit)}`}
            {rows === undefined ? '' : `, of ${formatCount(rows)} rows`}; since <Time at={since} />{' '}
            <Link to="/incidents/why" search={{ deployment, subject, kind }}>
              window by window
            </Link>
          </p>
          {effect === undefined ? null : <p className="foreign">Expected effect: {effect}</p>}
        </div>
        <div className={styles.drawings}>
          {histogram === undefined ? null : (
            <HistogramPair
              caption={`${subject}, share of rows`}
              labels={histogram.labels ?? histogram.before.map((_, i) => String(i + 1))}
              {...(histogram.labels === undefined ? {} : { axis: histogram.labels.map(shortened) })}
              before={histogram.before}
              after={histogram.after}
              names={['before, as in training', 'in the window']}
            />
          )}
          <Course member={member} view={series} />
        </div>
        <div className={styles.drawings}>
          {slices.length === 0 ? null : <Slices slices={slices.slice(0, SLICES_SHOWN)} {...{ measure, unit }} />}
          {predictions.length === 0 ? null : <Examples deployment={deployment} predictions={predictions} />}
        </div>
      </div>
    </Card>
  )
}

/** A range by where it begins: a bin of numbers is named after both of its ends. */
const shortened = (label: string) =>
  label
    .replace(/^(-?[\d.e+-]+) to .*$/, '$1')
    .replace(/^up to /, '≤ ')
    .replace(/^above /, '> ')

/** The measure over the windows around it, with its bound, when it began and when another version came to answer. */
function Course({ member: { finding, since }, view }: { readonly member: Member; readonly view: FindingSeriesView | undefined }) {
  const found = seriesOf(view, finding)
  const drawn = useMemo(() => {
    if (view === undefined || found === undefined) return undefined
    const marks: Mark[] = [
      { kind: 'event', at: since, label: 'it begins', tone: 'bad' },
      ...view.marks.map(({ at, version, how }): Mark => ({
        ...{ kind: 'event', at, tone: how === 'rollback' ? 'attention' : 'info' },
        label:
          how === 'rollback' ? `back to version ${version}` : `version ${version} ${how === 'launch' ? 'launched' : 'released'}`,
      })),
    ]
    const values = found.values.map((value) => value ?? undefined)
    const bounds = found.bounds.map((bound) => bound ?? undefined)
    return {
      times: view.windows.map(({ from }) => from),
      lines: [
        { label: inWords(found.measure), values, style: seriesStyle(0) },
        ...(bounds.some((bound) => bound !== undefined)
          ? [{ label: 'bound', values: bounds, style: { color: 'var(--series-6)' as const, dash: [5, 4] } }]
          : []),
      ],
      bands: intervalsOf(found),
      marks,
    }
  }, [view, found, since])
  if (drawn === undefined || drawn.times.length < 2) return null
  return (
    <TimeSeries
      caption={`${inWords(finding.measure)} of ${finding.subject} by window`}
      height={170}
      format={(value) => measured(value, finding.measure, finding.unit)}
      {...drawn}
    />
  )
}

function intervalsOf({ measure, intervals }: FindingSeriesView['series'][number]) {
  if (intervals === undefined) return []
  return [
    {
      of: inWords(measure),
      low: intervals.map((one) => one?.low),
      high: intervals.map((one) => one?.high),
    },
  ]
}

type Slice = NonNullable<NonNullable<Member['finding']['evidence']>['slices']>[number]
interface SlicesProps {
  readonly slices: readonly Slice[]
  readonly measure: string
  readonly unit: string | undefined
}

function Slices({ slices, measure, unit }: SlicesProps) {
  return (
    <section aria-label="Where it is worst">
      <h3 className={styles.heading}>Where it is worst</h3>
      <DataTable
        caption="Slices, the worst first"
        columns={[
          { key: 'slice', header: 'Slice', cell: ({ slice }: Slice) => <span className="foreign">{slice}</span>, wide: true },
          { key: 'value', header: 'Value', cell: ({ value }: Slice) => measured(value, measure, unit), align: 'right' },
          { key: 'rows', header: 'Rows', cell: ({ rows }: Slice) => formatCount(rows), align: 'right' },
        ]}
        rows={slices}
        rowKey={({ slice }) => slice}
      />
    </section>
  )
}

function Examples({ deployment, predictions }: { readonly deployment: string; readonly predictions: readonly string[] }) {
  return (
    <section aria-label="Predictions that show it">
      <h3 className={styles.heading}>Predictions that show it</h3>
      <ul className={styles.examples}>
        {predictions.slice(0, PREDICTIONS_SHOWN).map((prediction) => (
          <li key={prediction}>
            <Link to="/deployments/$deployment/predictions/$prediction" params={{ deployment, prediction }}>
              <code title={prediction}>…{prediction.slice(-8)}</code>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
