/** What a monitor kept of a window, read as leniently as a page needs it: other versions of the program wrote it, too. */
import type { Database } from '../../../platform/db/database.ts'
import type { Finding } from '../incidents/finding.ts'
import { createQualityRecords, type QualityRecord } from '../monitoring/quality-records.ts'

export interface StoredFinding extends Pick<
  Finding,
  'kind' | 'subject' | 'measure' | 'slice' | 'state' | 'value' | 'bound' | 'unit' | 'rows' | 'sentence'
> {
  readonly chance?: number
  readonly interval?: { readonly low: number; readonly high: number; readonly confidence: number }
  /** Share of the rows whose outcome is known, 0 to 1. */
  readonly coverage?: number
  readonly estimate?: { readonly value: number; readonly low: number; readonly high: number }
  /** What it is about, where that is not its window. */
  readonly span?: { readonly from: number; readonly to: number }
}
export interface StoredWindow {
  readonly from: number
  readonly to: number
  readonly version: number
  readonly rows: number
  readonly findings: readonly StoredFinding[]
}

interface Wanted {
  readonly from?: number | undefined
  /** Only windows that begin before it. */
  readonly to?: number | undefined
  readonly limit: number
  /** Only windows that found something of this kind. */
  readonly kind?: Finding['kind'] | undefined
  /** Only windows that had predictions. */
  readonly withRows?: boolean | undefined
}

/** Newest first. Of quality alone the spans that it is about, each as a window; else with it in the window that told of it. */
export async function readStoredWindows(db: Database, deployment: string, wanted: Wanted): Promise<readonly StoredWindow[]> {
  const qualities = createQualityRecords(db)
  if (wanted.kind === 'quality') {
    const records = await qualities.list(deployment, wanted.to ?? Number.MAX_SAFE_INTEGER, wanted.limit)
    return records.filter(({ from }) => from >= (wanted.from ?? Number.NEGATIVE_INFINITY)).map(windowOf)
  }
  let query = db.kysely
    .selectFrom('monitor_window')
    .select(['from_at', 'to_at', 'version', 'rows', 'summary'])
    .where('deployment', '=', deployment)
    .orderBy('from_at', 'desc')
    .limit(wanted.limit)
  if (wanted.from !== undefined) query = query.where('from_at', '>=', wanted.from)
  if (wanted.to !== undefined) query = query.where('from_at', '<', wanted.to)
  if (wanted.kind !== undefined) query = query.where('summary', 'like', `%"kind":"${wanted.kind}"%`)
  if (wanted.withRows === true) query = query.where('rows', '>', 0)
  const rows = await query.execute()
  if (rows.length === 0) return []
  const told = { from: Number(rows.at(-1)!.from_at), to: Number(rows[0]!.from_at) + 1 }
  const spans = Map.groupBy(await qualities.toldIn(deployment, told), ({ toldIn }) => toldIn)
  return rows.map((row) => ({
    from: Number(row.from_at),
    to: Number(row.to_at),
    version: row.version,
    rows: Number(row.rows),
    findings: [...findingsOf(row.summary), ...(spans.get(Number(row.from_at)) ?? []).flatMap(({ findings }) => findings)],
  }))
}

/** A span of quality: what was measured, and what was only estimated so far. */
function windowOf({ from, to, version, findings, estimates }: QualityRecord): StoredWindow {
  const measured = new Set(findings.flatMap(({ kind, subject }) => (kind === 'quality' ? [subject] : [])))
  const expected = estimates
    .filter(({ metric }) => !measured.has(metric))
    .map(({ metric, ...estimate }): StoredFinding => ({
      ...{ kind: 'quality', subject: metric, measure: metric, state: 'not-enough-data', estimate },
      sentence: `${metric}: its outcomes have not come; ${estimate.value.toPrecision(3)} is expected.`,
    }))
  return { from, to, version, rows: Math.max(0, ...findings.map(({ rows = 0 }) => rows)), findings: [...findings, ...expected] }
}

function findingsOf(summary: string): readonly StoredFinding[] {
  const found = JSON.parse(summary) as unknown
  return Array.isArray(found) ? (found as readonly StoredFinding[]) : []
}
