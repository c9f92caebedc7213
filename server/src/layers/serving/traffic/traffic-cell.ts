import { LATENCY_BOUNDS_MS, type TrafficCounts } from './variant-counts.ts'

/** What was counted in a span of time: requests, how they ended, and their latencies on `LATENCY_BOUNDS_MS`. */
export interface TrafficCell extends Omit<TrafficCounts, 'epoch' | 'latencies'> {
  readonly latencies: Uint32Array
}

const COUNTED = ['requests', 'failures', 'invalid', 'dropped', 'rows', 'flagged'] as const

/** What was counted between two readings of one counter; from its beginning when there is none before. */
export function cellOf(counts: TrafficCounts, before: TrafficCounts | undefined): TrafficCell {
  const difference = Object.fromEntries(COUNTED.map((name) => [name, counts[name] - (before?.[name] ?? 0)]))
  const latencies = Uint32Array.from(counts.latencies, (count, i) => count - (before?.latencies[i] ?? 0))
  return { ...(difference as Omit<TrafficCell, 'latencies'>), latencies }
}

export function addCell(a: TrafficCell, b: TrafficCell): TrafficCell {
  const sum = Object.fromEntries(COUNTED.map((name) => [name, a[name] + b[name]]))
  return { ...(sum as Omit<TrafficCell, 'latencies'>), latencies: a.latencies.map((count, i) => count + b.latencies[i]!) }
}

export const emptyCell = (): TrafficCell => ({
  ...{ requests: 0, failures: 0, invalid: 0, dropped: 0, rows: 0, flagged: 0 },
  latencies: new Uint32Array(LATENCY_BOUNDS_MS.length + 1),
})
