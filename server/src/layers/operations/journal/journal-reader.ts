import { CursorInvalid } from './errors.ts'
import { type JournalStats, statsOf } from './journal-stats.ts'
import { type JournalView, readView } from './journal-view.ts'
import { parquetPath } from './manifest.ts'
import { outcomesOf } from './outcome-lookup.ts'
import { parquetSource } from './parquet-writer.ts'
import { filterSql, isWanted, type PredictionFilter } from './prediction-filter.ts'
import { findCurrentOutcome, type JournaledPrediction, outcomeHistory, predictionOf, type PredictionRow } from './prediction.ts'
import type { OutcomeRecord } from './record.ts'
import type { Cell, Row, SqlEngine, SqlSession } from '../../../platform/sql/sql-engine.ts'
import { countSegment, findInSegment, readPredictions, type SegmentSummary } from './uncompacted.ts'

const LIMIT_MAX = 10_000

export interface WindowQuery {
  readonly deployment: string
  /** First millisecond that belongs to the window, and first that does not. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  readonly version?: number | undefined
  readonly filter?: PredictionFilter | undefined
  /** Most predictions in the answer, 1 to 10000. Default 100. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly cursor?: string | undefined
  /** newest first unless told otherwise. */
  readonly order?: 'newest' | 'oldest' | undefined
}
export interface JournalPage {
  readonly items: readonly JournaledPrediction[]
  readonly next?: string
}
/** Reads a journal whole: Parquet and what is not in Parquet yet. A prediction is visible once its commit is on the disk. */
export interface JournalReader {
  /** Predictions of a window with their outcomes. Throws CursorInvalid. */
  window(query: WindowQuery): Promise<JournalPage>
  find(deployment: string, predictionId: string): Promise<JournaledPrediction | undefined>
  /** Every change of the outcome of one prediction, in the order in which it was observed. */
  listOutcomes(deployment: string, predictionId: string): Promise<readonly OutcomeRecord[]>
  count(query: Pick<WindowQuery, 'deployment' | 'from' | 'to' | 'version'>): Promise<number>
  stats(deployment: string): Promise<JournalStats>
}

interface Place {
  readonly timeMs: number
  readonly id: string
}
interface Bounds extends Required<Pick<WindowQuery, 'order'>> {
  readonly from: number
  readonly to: number
  readonly version: number | undefined
  readonly filter: PredictionFilter
  readonly limit: number
  readonly after: Place | undefined
}

/** `folder` holds all journals. */
export function createJournalReader(source: { readonly folder: string; readonly engine: SqlEngine }): JournalReader {
  const summaries = new Map<string, SegmentSummary>()
  const read = <T>(deployment: string, work: (view: JournalView, session: SqlSession) => Promise<T>): Promise<T> =>
    readView(source, deployment, work)

  return Object.freeze({
    async window(query: WindowQuery) {
      const bounds = boundsOf(query)
      return read(query.deployment, async (view, session) => {
        const rows = await windowRows(view, session, { ...bounds, limit: bounds.limit + 1 })
        const page = rows.slice(0, bounds.limit)
        const last = rows.length > bounds.limit ? page.at(-1) : undefined
        return { items: await withOutcomes(view, session, page), ...(last && { next: cursorOf(last) }) }
      })
    },
    find: (deployment: string, predictionId: string) =>
      read(deployment, async (view, session) => {
        const row = await findRow(view, session, predictionId)
        return row && (await withOutcomes(view, session, [row]))[0]
      }),
    listOutcomes: (deployment: string, predictionId: string) =>
      read(deployment, async (view, session) =>
        outcomeHistory((await outcomesOf(view, session, [predictionId], 0)).get(predictionId) ?? []),
      ),
    count: (query: WindowQuery) => read(query.deployment, (view, session) => countRows(view, session, boundsOf(query))),
    stats: (deployment: string) => read(deployment, (view) => statsOf(view, summaries)),
  })
}

function boundsOf({ from, to, version, filter = {}, limit = 100, cursor, order = 'newest' }: WindowQuery): Bounds {
  return {
    from: from ?? -Infinity,
    to: to ?? Infinity,
    version,
    filter,
    order,
    limit: Math.max(1, Math.min(LIMIT_MAX, Math.floor(limit))),
    after: cursor === undefined ? undefined : placeOf(cursor),
  }
}
const cursorOf = ({ timeMs, id }: PredictionRow): string => Buffer.from(`${timeMs}:${id}`).toString('base64url')
function placeOf(cursor: string): Place {
  const match = /^(\d{1,15}(?:\.\d{1,6})?):(.{1,200})$/s.exec(Buffer.from(cursor, 'base64url').toString())
  if (match === null) throw new CursorInvalid({ cursor })
  return { timeMs: Number(match[1]), id: match[2]! }
}

/** Below zero when `a` comes first, oldest first. */
const compare = (a: Place, b: Place): number => a.timeMs - b.timeMs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

async function windowRows(view: JournalView, session: SqlSession, bounds: Bounds): Promise<PredictionRow[]> {
  const sign = bounds.order === 'newest' ? -1 : 1
  const best = (rows: readonly PredictionRow[]) => rows.toSorted((a, b) => sign * compare(a, b)).slice(0, bounds.limit)
  let rows: PredictionRow[] = await parquetRows(view, session, bounds)
  const { version } = bounds
  let { from, to } = bounds
  for (const segment of bounds.order === 'newest' ? view.segments.toReversed() : view.segments) {
    if (segment.kind !== 'predictions') continue
    for await (const batch of readPredictions(segment, { from, to, version })) {
      for (const row of batch)
        if ((!bounds.after || sign * compare(row, bounds.after) > 0) && isWanted(row, bounds.filter)) rows.push(row)
      if (rows.length > 4 * bounds.limit + 1_000) rows = best(rows)
    }
    rows = best(rows)
    const worst = rows.length === bounds.limit ? rows.at(-1) : undefined
    if (worst && sign < 0) from = Math.max(from, worst.timeMs)
    else if (worst) to = Math.min(to, worst.timeMs + TICK_MS)
  }
  return best(rows)
}
/** Times are kept to the microsecond; a window that ends behind a time ends this much later. */
const TICK_MS = 0.001

const COLUMNS = `prediction_id, request_id, epoch_us(time)::DOUBLE AS time_us, model, version, variant, caller, latency_ms,
  row_in_request, inputs::VARCHAR AS inputs, output::VARCHAR AS output, flags::VARCHAR AS flags`

function rowOf(row: Row): PredictionRow {
  return {
    id: String(row['prediction_id']),
    requestId: String(row['request_id']),
    timeMs: Number(row['time_us']) / 1_000,
    model: String(row['model']),
    version: Number(row['version']),
    variant: String(row['variant']),
    caller: String(row['caller']),
    latencyMs: Number(row['latency_ms']),
    rowInRequest: Number(row['row_in_request']),
    inputs: String(row['inputs']),
    output: String(row['output']),
    flags: row['flags'] === null ? null : String(row['flags']),
  }
}

/** Files and condition of a window; the files that lie outside are not even opened. */
function parquetWindow({ journal, files }: JournalView, { from, to, version, filter, after, order }: Bounds) {
  const inside = files.filter((file) => file.kind === 'predictions' && file.toMs >= from && file.fromMs < to)
  const conditions = ['true']
  const parameters: Cell[] = []
  const compareTime = (operator: string, ms: number) => {
    parameters.push(Math.round(ms * 1_000))
    return `time ${operator} TIMESTAMPTZ 'epoch' + to_microseconds($${parameters.length}::BIGINT)`
  }
  if (Number.isFinite(from)) conditions.push(compareTime('>=', from))
  if (Number.isFinite(to)) conditions.push(compareTime('<', to))
  if (version !== undefined) conditions.push(`version = $${parameters.push(version)}`)
  conditions.push(...filterSql(filter, (value) => `$${parameters.push(value)}`))
  if (after !== undefined) {
    const operator = order === 'newest' ? '<' : '>'
    const [beyond, at] = [compareTime(operator, after.timeMs), compareTime('=', after.timeMs)]
    conditions.push(`(${beyond} OR (${at} AND prediction_id ${operator} $${parameters.push(after.id)}))`)
  }
  return { paths: inside.map((file) => parquetPath(journal, file)), where: conditions.join(' AND '), parameters }
}

async function parquetRows(view: JournalView, session: SqlSession, bounds: Bounds): Promise<PredictionRow[]> {
  const { paths, where, parameters } = parquetWindow(view, bounds)
  if (paths.length === 0) return []
  const direction = bounds.order === 'newest' ? 'DESC' : 'ASC'
  const sql = `SELECT ${COLUMNS} FROM ${parquetSource(paths)} WHERE ${where} ORDER BY time ${direction}, prediction_id ${direction} LIMIT ${bounds.limit}`
  return (await session.rows(sql, parameters)).map(rowOf)
}

async function countRows(view: JournalView, session: SqlSession, bounds: Bounds): Promise<number> {
  const { paths, where, parameters } = parquetWindow(view, bounds)
  let count = 0
  if (paths.length > 0) {
    const [row] = await session.rows(`SELECT count(*)::DOUBLE AS n FROM ${parquetSource(paths)} WHERE ${where}`, parameters)
    count = Number(row?.['n'])
  }
  for (const segment of view.segments) {
    if (segment.kind !== 'predictions') continue
    count += await countSegment(segment, bounds)
  }
  return count
}

async function findRow(view: JournalView, session: SqlSession, id: string): Promise<PredictionRow | undefined> {
  for (const segment of view.segments.toReversed()) {
    if (segment.kind !== 'predictions') continue
    const found = await findInSegment(segment, id)
    if (found !== undefined) return found
  }
  const paths = view.files.filter((file) => file.kind === 'predictions').map((file) => parquetPath(view.journal, file))
  if (paths.length === 0) return undefined
  const [row] = await session.rows(`SELECT ${COLUMNS} FROM ${parquetSource(paths)} WHERE prediction_id = $1 LIMIT 1`, [id])
  return row && rowOf(row)
}

async function withOutcomes(
  view: JournalView,
  session: SqlSession,
  rows: readonly PredictionRow[],
): Promise<JournaledPrediction[]> {
  const since = rows.reduce((least, row) => Math.min(least, row.timeMs), Infinity)
  const outcomes = await outcomesOf(
    view,
    session,
    rows.map((row) => row.id),
    since,
  )
  return rows.map((row) => predictionOf(row, view.deployment, findCurrentOutcome(outcomes.get(row.id) ?? [])))
}
