import type { ReleaseDetail, StepMeasure } from '@seaworthy/api/release'
import { BoundBar } from '../../draw/bound-bar.tsx'
import { formatCount, formatDifference, formatDuration, formatNumber, formatShare } from '../../format/number.ts'
import type { Tone } from '../../theme/palette.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './step-analysis.module.css'

type Step = ReleaseDetail['progress'][number]

interface Props {
  readonly step: Step
  readonly champion: number
  readonly version: number
  readonly opened: boolean
}

/** What the last look at a step saw: both versions in the same time, measure by measure. */
export function StepAnalysis({ step, champion, version, opened }: Props) {
  const { analysis } = step
  if (analysis === undefined) return opened ? <p className="dim">The step {step.step} was not looked at yet.</p> : null
  const [tone, word] = VERDICTS[analysis.verdict]
  return (
    <details className={styles.details} open={opened}>
      <summary className={styles.summary}>
        <b>{step.step}</b>
        <StatusBadge tone={tone}>{word}</StatusBadge>
        <span className="dim">
          {formatCount(analysis.championRequests)} requests to version {champion}, {formatCount(analysis.challengerRequests)} to
          version {version}
          {analysis.droppedCopies > 0 ? `, ${formatCount(analysis.droppedCopies)} copies not taken` : ''}; looked at{' '}
          <Time at={analysis.at} relative />
        </span>
      </summary>
      <p className={`${styles.sentence} foreign`}>{capital(analysis.sentence)}.</p>
      <DataTable
        caption={`What was seen in the step ${step.step}`}
        columns={columnsOf(champion, version)}
        rows={analysis.measures}
        rowKey={({ measure }) => measure}
      />
    </details>
  )
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
const VERDICTS = {
  win: ['good', 'a clear win'],
  loss: ['bad', 'a clear loss'],
  open: ['info', 'open'],
} as const satisfies Record<string, readonly [Tone, string]>

const NAMES: Readonly<Record<StepMeasure['measure'], string>> = {
  failures: 'Failed requests',
  invalid: 'Refused requests',
  flagged: 'Flagged rows',
  latency: 'Slow answers',
  predictions: 'Predictions apart',
  quality: 'Loss, by outcomes',
}
const MEASURED: Readonly<Record<StepMeasure['verdict'], readonly [Tone, string]>> = {
  better: ['good', 'better'],
  worse: ['bad', 'worse'],
  'no-difference-seen': ['quiet', 'no difference seen'],
  unlike: ['attention', 'unlike: look'],
  'not-enough-data': ['unknown', 'not enough data'],
}

const isShare = ({ measure }: StepMeasure) => measure !== 'predictions' && measure !== 'quality'
const shown = (measure: StepMeasure, value: number | undefined) => (isShare(measure) ? formatShare(value) : formatNumber(value))
const moved = (measure: StepMeasure, value: number) =>
  isShare(measure) ? `${value > 0 ? '+' : ''}${formatShare(value)}` : formatDifference(value)

const columnsOf = (champion: number, version: number): readonly Column<StepMeasure>[] => [
  {
    key: 'measure',
    header: 'Measure',
    cell: ({ measure, sentence, slowMs }) => (
      <>
        {NAMES[measure]}
        {slowMs === undefined ? '' : `, beyond ${formatDuration(slowMs)}`}
        <p className={`${styles.small} foreign`}>{capital(sentence)}</p>
      </>
    ),
    wide: true,
  },
  {
    key: 'champion',
    header: `Version ${champion}`,
    cell: (row) => (row.measure === 'predictions' ? '' : shown(row, row.champion)),
    align: 'right',
    hideBelow: 'narrow',
  },
  {
    key: 'version',
    header: `Version ${version}`,
    cell: (row) => shown(row, row.challenger),
    align: 'right',
    hideBelow: 'narrow',
  },
  {
    key: 'improvement',
    header: 'Better by',
    cell: (row) => <Improvement row={row} />,
    hideBelow: 'medium',
  },
  {
    key: 'verdict',
    header: 'Verdict',
    cell: ({ verdict }) => {
      const [tone, word] = MEASURED[verdict]
      return (
        <StatusBadge tone={tone} plain>
          {word}
        </StatusBadge>
      )
    },
  },
]

/** The improvement with its interval against the loss that counts: what lies wholly left of the hatched line is harm. */
function Improvement({ row }: { readonly row: StepMeasure }) {
  const { improvement, bound, verdict } = row
  if (improvement === undefined) return <span className="dim">–</span>
  const { value, low, high } = improvement
  return (
    <div className={styles.improvement}>
      <span>
        {moved(row, value)}{' '}
        <span className="dim">
          ({moved(row, low)} to {moved(row, high)})
        </span>
      </span>
      <BoundBar value={value} interval={[low, high]} bound={{ min: -bound }} tone={MEASURED[verdict][0]} />
    </div>
  )
}
