import { type ComparisonReport, type ReportedDifference } from '@seaworthy/api/comparison-report'
import { type IntervalRow, IntervalPlot } from '../../draw/interval-plot.tsx'
import { formatAmount, formatBytes, formatCount, formatDifference, formatDuration } from '../../format/number.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import styles from './comparison-drawing.module.css'

const TONES = { promote: 'good', keep: 'quiet', 'not-enough-data': 'unknown' } as const
const SLICES_SHOWN = 12

/** The report of a comparison, drawn: the decision in words, metrics and slices as intervals, what it costs. */
export function ComparisonDrawing({ report }: { readonly report: ComparisonReport }) {
  const { decision, rows, rule, versions, challengers } = report
  return (
    <div className={styles.parts}>
      <div>
        <p className={styles.decision}>
          <StatusBadge tone={TONES[decision.verdict]}>{decision.verdict.replaceAll('-', ' ')}</StatusBadge>
          <span className="foreign">{decision.summary}</span>
        </p>
        <p className="dim foreign">
          {formatAmount(rows.compared, 'row')} of {rows.words}. The contract asks for: {rule}.
        </p>
      </div>
      {challengers.map((challenger) => (
        <Challenger
          key={challenger.name}
          challenger={challenger}
          reasons={decision.challengers.find(({ name }) => name === challenger.name)?.reasons ?? []}
        />
      ))}
      <DataTable
        caption={`Cost of each version, on ${rows.words}`}
        columns={[
          { key: 'name', header: 'Version', cell: ({ name }) => name, wide: true },
          { key: 'run', header: 'One call of one row', cell: ({ runMs }) => formatDuration(runMs), align: 'right' },
          { key: 'row', header: 'A row of a batch', cell: ({ rowMs }) => formatDuration(rowMs), align: 'right' },
          { key: 'bytes', header: 'Size', cell: ({ bytes }) => formatBytes(bytes), align: 'right', hideBelow: 'narrow' },
        ]}
        rows={versions}
        rowKey={({ name }) => name}
      />
    </div>
  )
}

interface ChallengerProps {
  readonly challenger: ComparisonReport['challengers'][number]
  readonly reasons: readonly string[]
}
function Challenger({ challenger: { name, metrics, slices, slicesCompared, slicesUnjudged }, reasons }: ChallengerProps) {
  return (
    <section className={styles.parts}>
      <h3 className={styles.name}>{name}</h3>
      <ul className={styles.reasons}>
        {reasons.map((reason) => (
          <li key={reason} className="foreign">
            {reason}
          </li>
        ))}
      </ul>
      <IntervalPlot
        caption={`Improvement of ${name} by metric`}
        rows={metrics
          .filter((metric) => 'improvement' in metric)
          .map((metric) => rowOf(metric.metric, metric as ReportedDifference))}
        reference={0}
        sides={['worse', 'better']}
        format={formatDifference}
      />
      {metrics.map((metric) =>
        'shortfall' in metric ? (
          <p key={metric.metric} className="dim foreign">
            {metric.metric}: {String(metric.shortfall)}
          </p>
        ) : null,
      )}
      {slices.length === 0 ? null : (
        <>
          <p className="dim">
            Slices, the worst first: {formatCount(slicesCompared)} compared, {formatCount(slicesUnjudged)} too small to judge.
          </p>
          <IntervalPlot
            caption="Improvement by slice"
            rows={slices.slice(0, SLICES_SHOWN).map(({ label, difference, isHarmed }) => rowOf(label, difference, isHarmed))}
            reference={0}
            sides={['worse', 'better']}
            format={formatDifference}
          />
        </>
      )}
    </section>
  )
}

function rowOf(label: string, { improvement }: ReportedDifference, isHarmed = false): IntervalRow {
  const { value, low, high } = improvement
  const [tone, verdict] =
    low > 0
      ? (['good', 'surely better'] as const)
      : high < 0 || isHarmed
        ? (['bad', 'surely worse'] as const)
        : (['unknown', 'no sure difference'] as const)
  return { label, value, low, high, tone, verdict }
}
