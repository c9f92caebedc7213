import { type FarthestRowsView, listOutliers } from '@seaworthy/api/history'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { apiQuery } from '../../api/api-query.ts'
import { formatCount, formatNumber, formatShare } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Resource } from '../../ui/resource.tsx'
import { Time } from '../../ui/time.tsx'
import { valueText } from '../serving/value-text.ts'
import styles from './operations-page.module.css'
import { outputText } from './predictions-page.tsx'
import type { Span } from './operations-span.ts'

const SHOWN = 10
/** A column is a reason when fewer training rows than these lie as far out. */
const REASON_SHARE = 0.02
const REASONS_SHOWN = 3
/** Beyond it a probability is no more than a word. */
const RARE_SCORE = 6

type FarRow = FarthestRowsView['items'][number]
interface Props {
  readonly deployment: string
  readonly span: Span
  readonly slice: string | undefined
}

/** Predictions of the span with the most unusual inputs, and what is unusual about each. */
export function OutlierCard({ deployment, span, slice }: Props) {
  const query = { from: span.from, to: span.to, limit: SHOWN, ...(slice === undefined ? {} : { slice }) }
  const far = useQuery(apiQuery(listOutliers, { params: { deployment }, query }, ['windows']))
  return (
    <Card title="Outliers" flush>
      <Resource
        query={far}
        label="Looking for outliers"
        isEmpty={({ items }) => items.length === 0}
        empty={<EmptyState title="No prediction of this span is unusual">Every row looks like the training data.</EmptyState>}
      >
        {({ items, outliers, scored, truncated }) => (
          <>
            <p className={`${styles.hint} ${styles.inset}`}>
              {formatCount(outliers)} of {formatCount(scored)} rows ({formatShare(outliers / scored)}) are as unusual as one in a
              hundred of the training data, or more.{truncated ? ' Only the newest rows were looked at.' : ''}
            </p>
            <DataTable
              caption="Outliers, the most unusual first"
              columns={columnsFor(deployment)}
              rows={items}
              rowKey={({ prediction }) => prediction.id}
            />
          </>
        )}
      </Resource>
    </Card>
  )
}

const columnsFor = (deployment: string): readonly Column<FarRow>[] => [
  {
    key: 'id',
    header: 'Prediction',
    cell: ({ prediction: { id } }) => (
      <Link to="/deployments/$deployment/predictions/$prediction" params={{ deployment, prediction: id }}>
        <code title={id} className={styles.line}>
          …{id.slice(-8)}
        </code>
      </Link>
    ),
  },
  { key: 'time', header: 'When', cell: ({ prediction: { time } }) => <Time at={time} />, hideBelow: 'narrow' },
  {
    key: 'score',
    header: 'One in',
    cell: ({ score }) => (
      <span className={styles.line} title="So many rows of the training data hold one as unusual as this">
        {score > RARE_SCORE ? 'over a million' : formatNumber(10 ** score, 1)}
      </span>
    ),
    align: 'right',
  },
  {
    key: 'why',
    header: 'By',
    cell: ({ columns, prediction: { inputs } }) => (
      <span className="foreign">
        {(columns.some(({ share }) => share < REASON_SHARE)
          ? columns.filter(({ share }) => share < REASON_SHARE)
          : columns.slice(0, 1)
        )
          .slice(0, REASONS_SHOWN)
          .map(({ column }) => `${column} ${valueText(inputs[column])}`)
          .join(', ')}
      </span>
    ),
    wide: true,
  },
  {
    key: 'output',
    header: 'Output',
    cell: ({ prediction: { output } }) => <span className="foreign">{outputText(output)}</span>,
  },
  {
    key: 'outcome',
    header: 'Outcome',
    cell: ({ prediction: { outcome } }) =>
      outcome === undefined ? (
        <span className={`${styles.line} dim`}>not known yet</span>
      ) : (
        <span className="foreign">{valueText(outcome)}</span>
      ),
    hideBelow: 'narrow',
  },
  { key: 'version', header: 'Version', cell: ({ prediction: { version } }) => version, align: 'right', hideBelow: 'medium' },
]
