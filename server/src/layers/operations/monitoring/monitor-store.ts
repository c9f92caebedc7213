import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { Baseline } from '../../model/index.ts'
import type { Finding } from '../incidents/finding.ts'

/** What a watched window found, as pages and terminals show it. */
export interface WindowSummary {
  readonly from: number
  readonly to: number
  readonly version: number
  readonly rows: number
  readonly findings: readonly Pick<Finding, 'kind' | 'subject' | 'measure' | 'state' | 'value' | 'bound' | 'sentence'>[]
}
export interface MonitorState {
  readonly version: number
  readonly watchedUntil: number
  readonly judgedUntil: number
  readonly predictions: Baseline | undefined
}

export interface MonitorStore {
  find(deployment: string): Promise<MonitorState | undefined>
  /** The window and how far that brings the monitor, in one transaction. Again with the same window changes nothing. */
  keep(deployment: string, window: WindowSummary & { readonly profile: string | undefined }, state: MonitorState): Promise<void>
  /** Rows of the windows before `before`, newest first. */
  pastRows(deployment: string, before: number, limit: number): Promise<readonly { from: number; rows: number }[]>
  /** Newest first. */
  list(deployment: string, limit: number, before?: number): Promise<readonly WindowSummary[]>
  /** Profiles of the windows that begin in a span, oldest first, as JSON. */
  profiles(deployment: string, span: { from: number; to: number }): Promise<readonly string[]>
  /** Deletes windows older than so many days. */
  retain(keepDays: number): Promise<void>
}

export function createMonitorStore({ db, clock }: { readonly db: Database; readonly clock: Clock }): MonitorStore {
  return Object.freeze<MonitorStore>({
    async find(deployment) {
      const row = await db.kysely.selectFrom('monitor_state').selectAll().where('deployment', '=', deployment).executeTakeFirst()
      if (row === undefined) return undefined
      return {
        version: row.version,
        watchedUntil: Number(row.watched_until),
        judgedUntil: Number(row.judged_until),
        predictions: row.predictions === null ? undefined : Baseline.parse(JSON.parse(row.predictions)),
      }
    },
    keep: (deployment, window, state) => keep(db, deployment, window, state),
    async pastRows(deployment, before, limit) {
      const rows = await db.kysely
        .selectFrom('monitor_window')
        .select(['from_at', 'rows'])
        .where('deployment', '=', deployment)
        .where('from_at', '<', before)
        .orderBy('from_at', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({ from: Number(row.from_at), rows: Number(row.rows) }))
    },
    async list(deployment, limit, before = Number.MAX_SAFE_INTEGER) {
      const rows = await db.kysely
        .selectFrom('monitor_window')
        .select(['from_at', 'to_at', 'version', 'rows', 'summary'])
        .where('deployment', '=', deployment)
        .where('from_at', '<', before)
        .orderBy('from_at', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        from: Number(row.from_at),
        to: Number(row.to_at),
        version: row.version,
        rows: Number(row.rows),
        findings: JSON.parse(row.summary) as WindowSummary['findings'],
      }))
    },
    async profiles(deployment, { from, to }) {
      const rows = await db.kysely
        .selectFrom('monitor_window')
        .select('profile')
        .where('deployment', '=', deployment)
        .where('from_at', '>=', from)
        .where('from_at', '<', to)
        .orderBy('from_at')
        .execute()
      return rows.flatMap(({ profile }) => profile ?? [])
    },
    async retain(keepDays) {
      const oldest = clock.now() - keepDays * 86_400_000
      await db.kysely.deleteFrom('monitor_window').where('to_at', '<', oldest).execute()
    },
  })
}

async function keep(
  db: Database,
  deployment: string,
  { from, to, version, rows, findings, profile }: Parameters<MonitorStore['keep']>[1],
  state: MonitorState,
): Promise<void> {
  const window = { to_at: to, version, rows, profile: profile ?? null, summary: JSON.stringify(findings) }
  const progress = {
    version: state.version,
    watched_until: state.watchedUntil,
    judged_until: state.judgedUntil,
    predictions: state.predictions === undefined ? null : JSON.stringify(state.predictions),
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
