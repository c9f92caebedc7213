/**
 * What the traffic of this process was, second by second for some minutes and minute by minute for some hours: the counters of
 * the data plane, read once a second and kept as differences. A cell exists where something happened, so an idle deployment
 * costs nothing. What lies further back is in the journal.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { LiveTraffic } from './live-traffic.ts'
import { addCell, cellOf, type TrafficCell } from './traffic-cell.ts'
import type { TrafficCounts } from './variant-counts.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const SECONDS_KEPT = 300
const MINUTES_KEPT = 360

/** What one version did in one span. */
export interface VersionTraffic {
  readonly version: number
  readonly role: 'answer' | 'shadow'
  readonly cell: TrafficCell
}
export interface TrafficSpan {
  /** Begin of the second or the minute, milliseconds since 1970. */
  readonly from: number
  readonly versions: readonly VersionTraffic[]
}
export interface TrafficSample {
  readonly deployment: string
  readonly time: number
  readonly seconds: number
  readonly versions: readonly (VersionTraffic & { readonly rowsWaiting: number })[]
}

export interface TrafficRecorder {
  /** Since when this process counts, milliseconds since 1970. */
  readonly since: number
  /** Begin of the oldest minute that is still kept. */
  readonly oldest: number
  start(): void
  stop(): void
  /** Reads the counters now; gives the deployments that had requests since the last time, and once more those that fell still. */
  sample(): readonly TrafficSample[]
  /** Called with every sample that has something to tell. */
  onSample(call: (samples: readonly TrafficSample[]) => void): void
  /** Seconds or minutes that had requests and begin in the span, oldest first. */
  spans(
    deployment: string,
    unit: 'second' | 'minute',
    span: { readonly from: number; readonly to: number },
  ): readonly TrafficSpan[]
}

export function createTrafficRecorder({
  traffic,
  clock,
}: {
  readonly traffic: LiveTraffic
  readonly clock: Clock
}): TrafficRecorder {
  const deployments = new Map<string, Recorded>()
  const since = clock.now()
  let timer: NodeJS.Timeout | undefined
  let lastMs = since
  let tell: (samples: readonly TrafficSample[]) => void = () => {}

  function sample(): readonly TrafficSample[] {
    const now = clock.now()
    const seconds = Math.max(0, now - lastMs) / SECOND_MS
    lastMs = now
    const names = new Set(traffic.names())
    for (const name of deployments.keys()) if (!names.has(name)) deployments.delete(name)
    return [...names].flatMap((name) => {
      const of = deployments.get(name) ?? { last: new Map(), seconds: new Map(), minutes: new Map(), wasBusy: false }
      deployments.set(name, of)
      const versions = readCounters(of, traffic.counts(name))
      const busy = versions.filter(({ cell }) => cell.requests > 0 || cell.dropped > 0)
      keep(of.seconds, Math.floor(now / SECOND_MS) * SECOND_MS, busy, SECONDS_KEPT)
      keep(of.minutes, Math.floor(now / MINUTE_MS) * MINUTE_MS, busy, MINUTES_KEPT)
      const isTold = busy.length > 0 || of.wasBusy
      of.wasBusy = busy.length > 0
      return isTold ? [{ deployment: name, time: now, seconds, versions }] : []
    })
  }
  return Object.freeze<TrafficRecorder>({
    since,
    get oldest() {
      return Math.max(since, Math.floor(clock.now() / MINUTE_MS - MINUTES_KEPT + 1) * MINUTE_MS)
    },
    start() {
      timer ??= setInterval(() => {
        const samples = sample()
        if (samples.length > 0) tell(samples)
      }, SECOND_MS)
      timer.unref()
    },
    stop: () => clearInterval(timer),
    sample,
    onSample: (call) => void (tell = call),
    spans(deployment, unit, { from, to }) {
      const of = deployments.get(deployment)
      const spans = unit === 'second' ? of?.seconds : of?.minutes
      return [...(spans ?? [])]
        .filter(([at]) => at >= from && at < to)
        .map(([at, cells]) => ({ from: at, versions: [...cells.values()] }))
    },
  })
}

interface Recorded {
  readonly last: Map<string, TrafficCounts>
  /** By the begin of the span, oldest first. */
  readonly seconds: Map<number, Map<string, VersionTraffic>>
  readonly minutes: Map<number, Map<string, VersionTraffic>>
  wasBusy: boolean
}

/** What each version did since its counters were read last. Counters that began anew count from nothing. */
function readCounters(of: Recorded, counted: ReturnType<LiveTraffic['counts']>): TrafficSample['versions'] {
  const seen = new Set<string>()
  const versions = counted.map(({ version, role, counts, rowsWaiting }) => {
    const key = `${version}/${role}`
    seen.add(key)
    const before = of.last.get(key)
    of.last.set(key, counts)
    return { version, role, rowsWaiting, cell: cellOf(counts, before?.epoch === counts.epoch ? before : undefined) }
  })
  for (const key of of.last.keys()) if (!seen.has(key)) of.last.delete(key)
  return versions
}

function keep(spans: Map<number, Map<string, VersionTraffic>>, at: number, busy: readonly VersionTraffic[], kept: number): void {
  if (busy.length === 0) return
  const cells = spans.get(at) ?? new Map<string, VersionTraffic>()
  spans.set(at, cells)
  for (const { version, role, cell } of busy) {
    const key = `${version}/${role}`
    const known = cells.get(key)
    cells.set(key, { version, role, cell: known === undefined ? cell : addCell(known.cell, cell) })
  }
  for (const oldest of spans.keys()) {
    if (spans.size <= kept) return
    spans.delete(oldest)
  }
}
