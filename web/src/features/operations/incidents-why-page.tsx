import { explainSilence } from '@seaworthy/api/incidents'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { serverNow } from '../../format/now.ts'
import { formatAmount, formatCount } from '../../format/number.ts'
import { formatSpan } from '../../format/time.ts'
import { useTimeZone } from '../../format/time-zone.tsx'
import type { Tone } from '../../theme/palette.ts'
import { Card } from '../../ui/card.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { inWords, KINDS, measured } from './incident-words.ts'
import { WhyForm } from './incidents-why-form.tsx'
import type { WhySearch } from './incidents-why.route.ts'
import styles from './incidents-page.module.css'
import { type Stretch, stretchesOf } from './why-stretches.ts'

const route = getRouteApi('/incidents/why')
const SPAN_MS = 30 * 86_400_000
const MINUTE_MS = 60_000

/** Why there was no alarm about a column or a metric, or which there was: window by window, as the program knew it then. */
export function IncidentsWhyPage(): ReactElement {
  const search = route.useSearch()
  const { deployment, subject } = search
  return (
    <Page
      title="Why no alarm?"
      crumbs={[{ label: 'Incidents', to: '/incidents' }]}
      lead="What the monitor found of one thing, window by window, and why it told of it or did not."
    >
      <WhyForm key={JSON.stringify(search)} search={search} />
      {deployment === undefined || subject === undefined ? (
        <EmptyState title="Ask about one thing">
          A column such as an input, a metric of quality, or the predictions as a whole.
        </EmptyState>
      ) : (
        <Answer deployment={deployment} subject={subject} search={search} />
      )}
    </Page>
  )
}

interface AnswerProps {
  readonly deployment: string
  readonly subject: string
  readonly search: WhySearch
}

function Answer({ deployment, subject, search: { kind, from, to } }: AnswerProps) {
  // To the minute, so that the same question is one query while the page is open.
  const end = to ?? Math.ceil(serverNow() / (60 * MINUTE_MS)) * 60 * MINUTE_MS
  const query = { subject, from: from ?? end - SPAN_MS, to: end }
  const found = useQuery(apiQuery(explainSilence, { params: { deployment }, query }, ['windows', 'incidents']))
  return (
    <Resource query={found} lines={8}>
      {({ summary, windows, truncated }) => {
        const shown = windows.filter((window) => kind === undefined || window.kind === kind)
        return (
          <>
            <Card title="The answer">
              <p className="foreign" role="status">
                {summary}
                {kind === undefined ? '' : ` Of these, ${formatCount(shown.length)} are about ${KINDS[kind].toLowerCase()}.`}
                {truncated ? ' Older windows of this time are left out.' : ''}
              </p>
            </Card>
            {shown.length === 0 ? null : (
              <Card title="What was found, newest first" flush>
                <DataTable
                  caption={`What was found of ${subject}`}
                  columns={COLUMNS}
                  rows={stretchesOf(shown)}
                  rowKey={({ from, measure, slice, kind: of }) => [from, of, measure, slice].join('/')}
                />
              </Card>
            )}
          </>
        )
      }}
    </Resource>
  )
}

const STATES: Readonly<Record<Stretch['state'], readonly [Tone, string]>> = {
  ok: ['good', 'within'],
  breach: ['bad', 'breach'],
  'not-enough-data': ['unknown', 'too few rows'],
}

const COLUMNS: readonly Column<Stretch>[] = [
  {
    key: 'measure',
    header: 'Measure',
    cell: ({ kind, measure, slice }) => (
      <>
        <span className={`${styles.measure} foreign`}>{inWords(measure)}</span>
        <span className={`${styles.second} dim foreign`}>
          {KINDS[kind]}
          {slice === undefined ? '' : ` where ${slice}`}
        </span>
      </>
    ),
  },
  { key: 'when', header: 'When', cell: (stretch) => <When {...stretch} /> },
  {
    key: 'value',
    header: 'Value',
    cell: ({ measure, low, high }) => (
      <span className={styles.line}>
        {low === high ? measured(low, measure) : `${measured(low, measure)} to ${measured(high, measure)}`}
      </span>
    ),
    align: 'right',
    hideBelow: 'narrow',
  },
  { key: 'bound', header: 'Bound', cell: ({ measure, bound }) => measured(bound, measure), align: 'right', hideBelow: 'narrow' },
  { key: 'rows', header: 'Rows', cell: ({ rows }) => formatCount(rows), align: 'right', hideBelow: 'medium' },
  {
    key: 'state',
    header: 'It was',
    cell: ({ state, because, incident }) => (
      <>
        <StatusBadge tone={STATES[state][0]} plain>
          {STATES[state][1]}
        </StatusBadge>
        {because === 'within its bound' ? null : (
          <span className={styles.second}>
            {incident === undefined ? (
              <span className="foreign">{because}</span>
            ) : (
              <Link to="/incidents/$incident" params={{ incident: String(incident) }} className="foreign">
                {because}
              </Link>
            )}
          </span>
        )}
      </>
    ),
    wide: true,
  },
]

function When({ from, to, windows }: Stretch) {
  const { zone } = useTimeZone()
  return (
    <span className={styles.window}>
      {formatSpan(from, to, zone)}
      <span className={`${styles.second} dim`}>{formatAmount(windows, 'window')}</span>
    </span>
  )
}
