/** What a monitor kept of a window, read as leniently as a page needs it: other versions of the program wrote it, too. */
import type { Database } from '../../../platform/db/database.ts'
import type { Finding } from '../incidents/finding.ts'

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

/** Newest first. */
export async function readStoredWindows(db: Database, deployment: string, wanted: Wanted): Promise<readonly StoredWindow[]> {
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
  return (await query.execute()).map((row) => ({
    from: Number(row.from_at),
    to: Number(row.to_at),
    version: row.version,
    rows: Number(row.rows),
    findings: findingsOf(row.summary),
  }))
}

function findingsOf(summary: string): readonly StoredFinding[] {
  const found = JSON.parse(summary) as unknown
  return Array.isArray(found) ? (found as readonly StoredFinding[]) : []
}
