import type { Traffic } from '@seaworthy/api/traffic'
import { StepHistogram } from '../../draw/step-histogram.tsx'
import { formatCount, formatNumber } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { FactList } from '../../ui/fact-list.tsx'
import { Resource } from '../../ui/resource.tsx'
import type { LiveSample } from './live-traffic.ts'
import styles from './queue-card.module.css'
import { nameOfSeries, styleOfVersion } from './traffic-lines.ts'
import type { Span } from './traffic-span.ts'
import { useTrafficTotals } from './use-traffic.ts'

interface Props {
  readonly deployment: string
  readonly span: Span
  readonly samples: readonly LiveSample[]
}
type Now = Traffic['now'][number]

/** What waits for the model right now, and how many rows it gets at once: under load they are put together. */
export function QueueCard({ deployment, span, samples }: Props) {
  const totals = useTrafficTotals(deployment, span)
  const told = samples.at(-1)?.versions ?? []
  return (
    <Card title="Queue and batches">
      <Resource
        query={totals}
        isEmpty={({ now }) => now.length === 0}
        empty={<p className="dim">No version is loaded in this server.</p>}
      >
        {({ now, batchRowsBounds }) => {
          const waiting = ({ version, role, rowsWaiting }: Now) =>
            told.find((one) => one.version === version && one.role === role)?.rowsWaiting ?? rowsWaiting
          const called = now.filter(({ batches }) => batches.some((count) => count > 0))
          const bins = Math.max(4, ...called.map(({ batches }) => batches.findLastIndex((count) => count > 0) + 2))
          return (
            <div className={styles.parts}>
              <FactList
                facts={now.map((one) => [
                  `Rows that wait for ${nameOfSeries(one)}`,
                  <b key={nameOfSeries(one)}>{formatCount(waiting(one))}</b>,
                ])}
              />
              {called.length === 0 ? (
                <p className="dim">The model was not called since it was loaded.</p>
              ) : (
                <StepHistogram
                  caption="Calls of the model by the rows of a call, since it was loaded"
                  labels={labelsOf(batchRowsBounds).slice(0, bins)}
                  height={140}
                  series={called.map((one) => ({
                    label: nameOfSeries(one),
                    counts: one.batches.slice(0, bins),
                    style: styleOfVersion(one.version),
                    note: `${formatNumber(one.batches.reduce((sum, count) => sum + count, 0))} calls`,
                  }))}
                />
              )}
              <p className={styles.note}>Calls of the model by the rows of a call, since it was loaded.</p>
            </div>
          )
        }}
      </Resource>
    </Card>
  )
}

/** "1", "2", "3–4": what a bin takes. */
const labelsOf = (bounds: readonly number[]): readonly string[] =>
  Array.from({ length: bounds.length + 1 }, (_, bin) => {
    const low = (bounds[bin - 1] ?? 0) + 1
    const high = bounds[bin]
    return high === undefined ? `${low}+` : low === high ? `${low}` : `${low}–${high}`
  })
