/**
 * The traffic of a deployment over a span of time, by version, in so many steps at most: the last hours from the counters of this
 * process, what lies before from the journal. The journal has no requests that failed, so failures are known only since the
 * counters began.
 */
import type { Clock } from '../../../kernel/clock.ts'
import { addCell, emptyCell, type TrafficCell, type TrafficRecorder } from '../../serving/index.ts'
import type { JournalTraffic, Role, TrafficCount } from './journal-traffic.ts'

const POINTS_MAX = 2_000
const SECOND_MS = 1_000
const MINUTE_MS = 60_000
/** Seconds are kept for this long, less the one that runs. */
const SECONDS_MS = 299_000

export interface TrafficSeriesQuery {
  readonly deployment: string
  /** Milliseconds since 1970; `to` is the first that does not belong to it. */
  readonly from: number
  readonly to: number
  /** Wished width of a step; it is wider where there would be more than 2,000. */
  readonly stepMs?: number | undefined
}
export interface VersionSeries {
  readonly version: number
  readonly role: Role
  /** One for each step, in the order of `times`. */
  readonly cells: readonly TrafficCell[]
  readonly total: TrafficCell
}
export interface TrafficSeries {
  readonly stepMs: number
  /** Begin of each step. */
  readonly times: readonly number[]
  /** Before this moment only what was answered is known. */
  readonly countedFrom: number
  readonly versions: readonly VersionSeries[]
}

interface Services {
  readonly journalTraffic: JournalTraffic
  readonly recorder: TrafficRecorder
  readonly clock: Clock
}

export async function readTrafficSeries(query: TrafficSeriesQuery, services: Services): Promise<TrafficSeries> {
  const { recorder, clock, journalTraffic } = services
  const now = clock.now()
  const unit = query.from >= now - SECONDS_MS && (query.stepMs ?? 0) < MINUTE_MS ? 'second' : 'minute'
  const unitMs = unit === 'second' ? SECOND_MS : MINUTE_MS
  const stepMs = stepOf(query, unitMs)
  const from = Math.floor(query.from / stepMs) * stepMs
  const to = Math.min(query.to, now + unitMs)
  const times = Array.from({ length: Math.max(0, Math.ceil((to - from) / stepMs)) }, (_, i) => from + i * stepMs)
  const series = createSeries(from, stepMs, times.length)
  const countedFrom = recorder.oldest
  if (from < countedFrom)
    await journalTraffic.read({ deployment: query.deployment, from, to: Math.min(to, countedFrom), stepMs }, series.count)
  const begin = Math.floor(countedFrom / unitMs) * unitMs
  for (const span of recorder.spans(query.deployment, unit, { from: Math.max(from, begin), to }))
    for (const { version, role, cell } of span.versions) series.add(span.from, version, role, cell)
  return { stepMs, times, countedFrom, versions: series.versions() }
}

function stepOf({ from, to, stepMs = 0 }: TrafficSeriesQuery, unitMs: number): number {
  const least = Math.max(stepMs, (to - from) / (POINTS_MAX - 1), unitMs)
  return Math.ceil(least / unitMs) * unitMs
}

function createSeries(from: number, stepMs: number, length: number) {
  const found = new Map<string, { version: number; role: Role; cells: TrafficCell[] }>()
  const place = (at: number, version: number, role: Role) => {
    const key = `${version}/${role}`
    const one = found.get(key) ?? { version, role, cells: Array.from({ length }, emptyCell) }
    found.set(key, one)
    return { one, i: Math.floor((at - from) / stepMs) }
  }
  return {
    add(at: number, version: number, role: Role, cell: TrafficCell) {
      const { one, i } = place(at, version, role)
      if (i >= 0 && i < length) one.cells[i] = addCell(one.cells[i]!, cell)
    },
    count({ at, version, role, bin, requests, rows, flagged }: TrafficCount) {
      const { one, i } = place(at, version, role)
      const cell = one.cells[i]
      if (cell === undefined) return
      cell.latencies[bin]! += requests
      one.cells[i] = {
        ...cell,
        requests: cell.requests + requests,
        rows: cell.rows + rows,
        flagged: cell.flagged + flagged,
      }
    },
    versions: (): VersionSeries[] =>
      [...found.values()]
        .toSorted((a, b) => a.version - b.version || (a.role < b.role ? -1 : 1))
        .map((one) => ({ ...one, total: one.cells.reduce(addCell, emptyCell()) })),
  }
}
