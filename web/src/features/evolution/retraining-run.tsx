import { getRun } from '@seaworthy/api/model'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { apiQuery } from '../../api/api-query.ts'
import { formatDuration, formatNumber } from '../../format/number.ts'
import { useNow } from '../../format/now.ts'
import { Card } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Resource } from '../../ui/resource.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { RUN_TONES } from './retraining-state.ts'
import styles from './retraining-page.module.css'
import { useRunOutput } from './use-run-output.ts'

interface Props {
  readonly title: string
  readonly run: string
}

/** One training: its state, what it measured of itself, and what it prints, while it prints. */
export function RetrainingRun({ title, run: id }: Props) {
  const found = useQuery(apiQuery(getRun, { params: { run: id } }, ['runs', 'retrainings']))
  const now = useNow()
  const output = useRunOutput(id, found.data?.state)
  return (
    <Card
      title={title}
      aside={found.data === undefined ? null : <StatusBadge tone={RUN_TONES[found.data.state]}>{found.data.state}</StatusBadge>}
    >
      <Resource query={found} lines={4}>
        {({ model, version, startedAt, finishedAt, parentVersion, metrics, failure }) => (
          <div className={styles.decision}>
            <FactList
              facts={[
                [
                  'Made',
                  version === undefined ? (
                    'nothing yet'
                  ) : (
                    <Link key="made" to="/models/$model" params={{ model }} search={{ version }}>
                      version {version}
                    </Link>
                  ),
                ],
                ['Began from', parentVersion === undefined ? 'nothing' : `version ${parentVersion}`],
                ['Took', formatDuration(startedAt === undefined ? undefined : Math.max(0, (finishedAt ?? now) - startedAt))],
                ...Object.entries(metrics).map(([name, value]) => [name, formatNumber(value)] as const),
              ]}
            />
            {failure === undefined ? null : (
              <p className="foreign">
                <code>{failure.code}</code>: {failure.message}
              </p>
            )}
            <Output text={output} />
          </div>
        )}
      </Resource>
    </Card>
  )
}

/** Stays at its end while it grows, unless somebody reads farther up. */
function Output({ text }: { readonly text: string }) {
  const frame = useRef<HTMLPreElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    const element = frame.current
    if (element !== null && isAtEnd.current) element.scrollTop = element.scrollHeight
  }, [text])
  const onScroll = () => {
    const element = frame.current
    if (element !== null) isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24
  }
  if (text === '') return <p className="dim">It has printed nothing.</p>
  return (
    // What scrolls has to be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre
      ref={frame}
      className={`${styles.output} foreign`}
      tabIndex={0}
      role="log"
      aria-label="What it prints"
      onScroll={onScroll}
    >
      {text}
    </pre>
  )
}
