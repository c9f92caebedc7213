import { StepHistogram } from '../../draw/step-histogram.tsx'
import { formatDuration } from '../../format/number.ts'
import { Card } from '../../ui/card.tsx'
import { Resource } from '../../ui/resource.tsx'
import { latencyBelow } from './latency-share.ts'
import { nameOfSeries, styleOfVersion } from './traffic-lines.ts'
import type { Span } from './traffic-span.ts'
import { useTrafficTotals } from './use-traffic.ts'

/** How long answers took in the span, by version, on a logarithmic axis. */
export function LatencyCard({ deployment, span }: { readonly deployment: string; readonly span: Span }) {
  const totals = useTrafficTotals(deployment, span)
  return (
    <Card title="Latency of answers">
      <Resource
        query={totals}
        isEmpty={({ versions }) => versions.every(({ latencies }) => latencies.every((count) => count === 0))}
        empty={<p className="dim">Nothing was answered in this time.</p>}
      >
        {({ versions, latencyBoundsMs }) => {
          const answered = versions.filter(({ latencies }) => latencies.some((count) => count > 0))
          const [first, last] = rangeOf(answered.map(({ latencies }) => latencies))
          return (
            <StepHistogram
              caption={`Latency of answers: ${answered.map((one) => `${nameOfSeries(one)} has a median of ${formatDuration(latencyBelow(one.latencies, latencyBoundsMs, 0.5))}`).join('; ')}`}
              labels={Array.from(
                { length: last - first + 1 },
                (_, i) =>
                  `${durationOf(lowerOf(latencyBoundsMs, first + i))} to ${durationOf(lowerOf(latencyBoundsMs, first + i + 1))}`,
              )}
              ticks={roundOnes(latencyBoundsMs, first, last)}
              series={answered.map((one) => ({
                label: nameOfSeries(one),
                counts: one.latencies.slice(first, last + 1),
                style: styleOfVersion(one.version),
                note: `p50 ${formatDuration(latencyBelow(one.latencies, latencyBoundsMs, 0.5))}`,
              }))}
            />
          )
        }}
      </Resource>
    </Card>
  )
}

/** Of the bin; the first one has all that is faster, so it is a step below its upper bound. */
const lowerOf = (boundsMs: readonly number[], bin: number): number =>
  bin === 0 ? boundsMs[0]! ** 2 / boundsMs[1]! : boundsMs[Math.min(bin, boundsMs.length) - 1]!

const durationOf = (ms: number) => formatDuration(Number(ms.toPrecision(2)))

/** Bins that begin at 1, 2 or 5 of a decade, or nearly. */
const roundOnes = (boundsMs: readonly number[], first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => [i, lowerOf(boundsMs, first + i)] as const)
    .filter(([, ms]) => [1, 2, 5].some((digit) => Math.abs(ms / 10 ** Math.floor(Math.log10(ms * 1.001)) / digit - 1) < 0.01))
    .map(([i, ms]) => [i, formatDuration(Number(ms.toPrecision(1)))] as const)

/** First and last bin that anybody needs, with one more on each side. */
function rangeOf(counts: readonly (readonly number[])[]): readonly [number, number] {
  const isUsed = (bin: number) => counts.some((one) => (one[bin] ?? 0) > 0)
  const used = Array.from({ length: counts[0]?.length ?? 0 }, (_, bin) => bin).filter(isUsed)
  return [Math.max(0, (used[0] ?? 0) - 1), Math.min((counts[0]?.length ?? 1) - 1, (used.at(-1) ?? 0) + 1)]
}
