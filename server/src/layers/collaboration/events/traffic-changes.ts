import { latencyQuantile, type TrafficSample } from '../../serving/index.ts'
import type { Change } from './change.ts'

/** Pages that list predictions are told that there are new ones not more often than this, in milliseconds. */
const PREDICTIONS_MS = 5_000

/** Traffic as changes; `predictions` now and then while it flows. */
export function createTrafficChanges(): (samples: readonly TrafficSample[]) => Change[] {
  const toldAt = new Map<string, number>()
  return (samples) =>
    samples.flatMap(({ deployment, time, seconds, versions }): Change[] => {
      const about = { subject: deployment, deployment, time }
      const traffic: Change = { topic: 'traffic', ...about, traffic: { seconds, versions: versions.map(liveVersion) } }
      const isBusy = versions.some(({ cell }) => cell.rows > 0)
      if (!isBusy || time - (toldAt.get(deployment) ?? 0) < PREDICTIONS_MS) return [traffic]
      toldAt.set(deployment, time)
      return [traffic, { topic: 'predictions', ...about }]
    })
}

function liveVersion({ version, role, cell, rowsWaiting }: TrafficSample['versions'][number]) {
  const { requests, failures, invalid, flagged, latencies } = cell
  const [p50Ms, p99Ms] = [latencyQuantile(latencies, 0.5), latencyQuantile(latencies, 0.99)]
  return {
    ...{ version, role, requests, failures, invalid, flagged, rowsWaiting },
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p99Ms === undefined ? {} : { p99Ms }),
  }
}
