import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { MonitorWindowTable } from '../../../platform/db/operations-tables.ts'
import { Baseline } from '../../model/index.ts'
import { type Learnt, NOTHING_LEARNT, parseLearnt } from './learnt.ts'
import { createQualityRecords, type QualityEstimateRecord, type QualityRecords } from './quality-records.ts'
import type { ShownFinding } from './watched-finding.ts'

/** What a watched window found, as pages and terminals show it. */
export interface WindowSummary {
  readonly from: number
  readonly to: number
  readonly version: number
  readonly rows: number
  /** Of the window itself, and of the spans whose quality it tells of. */
  readonly findings: readonly ShownFinding[]
  /** What was expected of the spans that this window tells of, before their outcomes came. */
  readonly estimates: readonly (QualityEstimateRecord & { readonly from: number; readonly to: number })[]
}
export interface MonitorState {
  readonly version: number
  readonly watchedUntil: number
  readonly judgedUntil: number
  readonly predictions: Baseline | undefined
  readonly learnt: Learnt
}
/** A window as it is kept: findings of quality are kept with their spans (quality-records.ts). */
export interface KeptWindow extends Omit<WindowSummary, 'estimates'> {
  /** JSON of its mergeable profile. */
  readonly profile: string | undefined
  /** Its slices, as text (slice-counts.ts). */
  readonly slices: string | undefined
}
export interface PastWindow {
  readonly from: number
  readonly to: number
  readonly rows: number
  /** Value of a finding of the whole, by its measure: `duplicates`, `freshness`. */
  readonly values: ReadonlyMap<string, number>
}

export interface MonitorStore {
  find(deployment: string): Promise<MonitorState | undefined>
  /** The window and how far that brings the monitor, in one transaction. Again with the same window changes nothing. */
  keep(deployment: string, window: KeptWindow, state: MonitorState): Promise<void>
  /** Rows of the windows before `before`, newest first. */
  pastRows(deployment: string, before: number, limit: number): Promise<readonly { from: number; rows: number }[]>
  /** The windows before `before` with the values of these measures, newest first. */
  pastValues(deployment: string, before: number, limit: number, measures: readonly string[]): Promise<readonly PastWindow[]>
  /** Profiles and slices of the windows that begin at these moments, oldest first. */
  past(
    deployment: string,
    froms: readonly number[],
  ): Promise<readonly { readonly profile: string | undefined; readonly slices: string | undefined }[]>
  /** Newest first. */
  list(deployment: string, limit: number, before?: number): Promise<readonly WindowSummary[]>
  /** Deletes windows older than so many days. */
  retain(keepDays: number): Promise<void>
  readonly qualities: QualityRecords
}

export function createMonitorStore({ db, clock }: { readonly db: Database; readonly clock: Clock }): MonitorStore {
  const qualities = createQualityRecords(db)
  return Object.freeze<MonitorStore>({
    qualities,
    find: (deployment) => find(db, deployment),
    keep: (deployment, window, state) => keep(db, deployment, window, state),
    async pastRows(deployment, before, limit) {
      const rows = await windows(db, deployment, before, limit).select(['from_at', 'rows']).execute()
      return rows.map((row) => ({ from: Number(row.from_at), rows: Number(row.rows) }))
    },
    async pastValues(deployment, before, limit, measures) {
      const rows = await windows(db, deployment, before, limit).select(['from_at', 'to_at', 'rows', 'summary']).execute()
      return rows.map((row) => pastOf(row, measures))
    },
    async past(deployment, froms) {
      const rows = await db.kysely
        .selectFrom('monitor_window')
        .select(['profile', 'slices'])
        .where('deployment', '=', deployment)
        .where('from_at', 'in', froms)
        .orderBy('from_at')
        .execute()
      return rows.map(({ profile, slices }) => ({ profile: profile ?? undefined, slices: slices ?? undefined }))
    },
    list: (deployment, limit, before = Number.MAX_SAFE_INTEGER) => list(db, qualities, deployment, limit, before),
    async retain(keepDays) {
      const oldest = clock.now() - keepDays * 86_400_000
      await db.kysely.deleteFrom('monitor_window').where('to_at', '<', oldest).execute()
      await qualities.retain(oldest)
    },
  })
}

const windows = (db: Database, deployment: string, before: number, limit: number) =>
  db.kysely
    .selectFrom('monitor_window')
    .where('deployment', '=', deployment)
    .where('from_at', '<', before)
    .orderBy('from_at', 'desc')
    .limit(limit)

function pastOf(
  row: Pick<MonitorWindowTable, 'from_at' | 'to_at' | 'rows' | 'summary'>,
  measures: readonly string[],
): PastWindow {
  const findings = JSON.parse(row.summary) as readonly ShownFinding[]
  const values = new Map<string, number>()
  for (const { measure, slice, value } of findings)
    if (slice === undefined && value !== undefined && measures.includes(measure)) values.set(measure, value)
  return { from: Number(row.from_at), to: Number(row.to_at), rows: Number(row.rows), values }
}

async function find(db: Database, deployment: string): Promise<MonitorState | undefined> {
  const row = await db.kysely.selectFrom('monitor_state').selectAll().where('deployment', '=', deployment).executeTakeFirst()
  if (row === undefined) return undefined
  return {
    version: row.version,
    watchedUntil: Number(row.watched_until),
    judgedUntil: Number(row.judged_until),
    predictions: row.predictions === null ? undefined : Baseline.parse(JSON.parse(row.predictions)),
    learnt: parseLearnt(row.learnt),
  }
}

/** The state of a deployment that was never watched. */
export const firstState = (version: number, start: number): MonitorState => ({
  version,
  watchedUntil: start,
  judgedUntil: start,
  predictions: undefined,
  learnt: NOTHING_LEARNT,
})

async function list(
  db: Database,
  qualities: QualityRecords,
  deployment: string,
  limit: number,
  before: number,
): Promise<readonly WindowSummary[]> {
  const rows = await windows(db, deployment, before, limit).select(['from_at', 'to_at', 'version', 'rows', 'summary']).execute()
  if (rows.length === 0) return []
  const told = { from: Number(rows.at(-1)!.from_at), to: Number(rows[0]!.from_at) + 1 }
  const spans = Map.groupBy(await qualities.toldIn(deployment, told), ({ toldIn }) => toldIn)
  return rows.map((row) => {
    const own = spans.get(Number(row.from_at)) ?? []
    return {
      ...{ from: Number(row.from_at), to: Number(row.to_at), version: row.version, rows: Number(row.rows) },
      findings: [...(JSON.parse(row.summary) as readonly ShownFinding[]), ...own.flatMap(({ findings }) => findings)],
      estimates: own.flatMap(({ from, to, estimates }) => estimates.map((each) => ({ ...each, from, to }))),
    }
  })
}

async function keep(
  db: Database,
  deployment: string,
  { from, to, version, rows, findings, profile, slices }: KeptWindow,
  state: MonitorState,
): Promise<void> {
  const summary = JSON.stringify(findings)
  const window = { to_at: to, version, rows, profile: profile ?? null, slices: slices ?? null, summary }
  const progress = {
    version: state.version,
    watched_until: state.watchedUntil,
    judged_until: state.judgedUntil,
    predictions: state.predictions === undefined ? null : JSON.stringify(state.predictions),
    learnt: JSON.stringify(state.learnt),
  }
  await db.transaction(async (tx) => {
    await tx
      .insertInto('monitor_window')
      .values({ deployment, from_at: from, ...window })
      .onConflict((conflict) => conflict.columns(['deployment', 'from_at']).doUpdateSet(window))
      .execute()
    await tx
      .insertInto('monitor_state')
      .values({ deployment, ...progress })
      .onConflict((conflict) => conflict.column('deployment').doUpdateSet(progress))
      .execute()
  })
}
