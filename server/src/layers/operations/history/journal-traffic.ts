/**
 * What the journal says of traffic: requests that were answered, by step of time, version and latency. Counted inside the engine;
 * what is not in Parquet yet is read record by record.
 */
import type { SqlEngine, SqlSession } from '../../../platform/sql/sql-engine.ts'
import { latencyBin, LATENCY_BOUNDS_MS } from '../../serving/index.ts'
import { SHADOW } from '../../serving/data-plane.ts'
import { type JournalView, readView } from '../journal/journal-view.ts'
import { parquetPath } from '../journal/manifest.ts'
import { parquetSource } from '../journal/parquet-writer.ts'
import { readPredictions } from '../journal/uncompacted.ts'

export type Role = 'answer' | 'shadow'
export interface TrafficCount {
  /** Begin of the step, milliseconds since 1970. */
  readonly at: number
  readonly version: number
  readonly role: Role
  /** Of `LATENCY_BOUNDS_MS`. */
  readonly bin: number
  readonly requests: number
  readonly rows: number
  readonly flagged: number
}
export interface JournalTrafficQuery {
  readonly deployment: string
  readonly from: number
  readonly to: number
  readonly stepMs: number
}
export interface JournalTraffic {
  /** Each step, version and bin that has requests, once or more, in no order. */
  read(query: JournalTrafficQuery, count: (one: TrafficCount) => void): Promise<void>
}

/** `folder` holds all journals. */
export const createJournalTraffic = (source: { readonly folder: string; readonly engine: SqlEngine }): JournalTraffic =>
  Object.freeze<JournalTraffic>({
    async read(query, count) {
      // A view that was compacted away is read again, so what is counted is handed over when all of it is there.
      const counts = await readView(source, query.deployment, async (view, session) => [
        ...(await parquetCounts(view, session, query)),
        ...(await segmentCounts(view, query)),
      ])
      counts.forEach(count)
    },
  })

const LAST_BIN = LATENCY_BOUNDS_MS.length
/** As `latencyBin` has it. */
const BIN = `CASE WHEN latency_ms <= ${LATENCY_BOUNDS_MS[0]} THEN 0 ELSE least(${LAST_BIN}, ceil(log10(latency_ms) * 10 - 1e-9)::INTEGER + 10) END`

async function parquetCounts(view: JournalView, session: SqlSession, query: JournalTrafficQuery): Promise<TrafficCount[]> {
  const { from, to, stepMs } = query
  const files = view.files.filter((file) => file.kind === 'predictions' && file.toMs >= from && file.fromMs < to)
  if (files.length === 0) return []
  const source = parquetSource(files.map((file) => parquetPath(view.journal, file)))
  const counts: TrafficCount[] = []
  const time = (ms: number) => `TIMESTAMPTZ 'epoch' + to_microseconds(${Math.round(ms) * 1_000}::BIGINT)`
  const sql = `SELECT ((epoch_ms(time) // ${stepMs}) * ${stepMs})::DOUBLE AS at, version::INTEGER AS version,
      (variant = '${SHADOW}')::INTEGER AS is_shadow, (${BIN})::INTEGER AS bin,
      count(*) FILTER (WHERE row_in_request = 0)::DOUBLE AS requests, count(*)::DOUBLE AS n, count(flags)::DOUBLE AS flagged
    FROM ${source} WHERE time >= ${time(from)} AND time < ${time(to)} GROUP BY ALL`
  for await (const { rowCount, columns } of session.chunks(sql)) {
    const [at, version, isShadow, bin, requests, rows, flagged] = columns as [Float64Array, ...Float64Array[]]
    for (let i = 0; i < rowCount; i++)
      counts.push({
        ...{ at: at[i]!, version: version![i]!, role: isShadow![i] === 1 ? 'shadow' : 'answer', bin: bin![i]! },
        ...{ requests: requests![i]!, rows: rows![i]!, flagged: flagged![i]! },
      })
  }
  return counts
}

async function segmentCounts(view: JournalView, { from, to, stepMs }: JournalTrafficQuery): Promise<TrafficCount[]> {
  const counts = new Map<string, { -readonly [Key in keyof TrafficCount]: TrafficCount[Key] }>()
  for (const segment of view.segments) {
    if (segment.kind !== 'predictions') continue
    for await (const batch of readPredictions(segment, { from, to }))
      for (const { timeMs, version, variant, latencyMs, rowInRequest, flags } of batch) {
        const [at, bin] = [Math.floor(timeMs / stepMs) * stepMs, latencyBin(latencyMs)]
        const role = variant === SHADOW ? 'shadow' : 'answer'
        const key = `${at}/${version}/${role}/${bin}`
        const one = counts.get(key) ?? { at, version, role, bin, requests: 0, rows: 0, flagged: 0 }
        counts.set(key, one)
        one.requests += rowInRequest === 0 ? 1 : 0
        one.rows += 1
        one.flagged += flags === null ? 0 : 1
      }
  }
  return [...counts.values()]
}
