/**
 * "Why no alarm?": from what monitors found and what became of it then, one line a window. The answer is read, not recomputed, so
 * it is what the program knew at the time, whatever the contract says today.
 */
import type { Database } from '../../../platform/db/database.ts'
import type { FindingTable } from '../../../platform/db/operations-tables.ts'
import type { Finding, FindingKind } from './finding.ts'
import type { ExplainedWindow, Explanation, ExplainQuestion, Silence } from './incident.ts'
import type { KeyStatus } from './key-state.ts'

const WINDOWS_MAX = 1_000

export async function explainAlarm({ deployment, subject, from, to }: ExplainQuestion, db: Database): Promise<Explanation> {
  const rows = await db.kysely
    .selectFrom('finding')
    .selectAll()
    .where('deployment', '=', deployment)
    .where('subject', '=', subject)
    .where('window_to', '>', from)
    .where('window_from', '<', to)
    .orderBy('window_to', 'desc')
    .orderBy('key')
    .limit(WINDOWS_MAX + 1)
    .execute()
  const windows = rows.slice(0, WINDOWS_MAX).map(windowOf)
  return { windows, truncated: rows.length > WINDOWS_MAX, summary: summaryOf(windows, subject) }
}

function windowOf(row: FindingTable): ExplainedWindow {
  const mutedBy = row.muted_by === null ? undefined : (JSON.parse(row.muted_by) as ExplainedWindow['mutedBy'])
  const silence = row.silence === null ? undefined : (JSON.parse(row.silence) as Silence)
  const window: Omit<ExplainedWindow, 'because'> = {
    ...{ kind: row.kind as FindingKind, measure: row.measure, state: row.state as Finding['state'] },
    ...{ window: { from: row.window_from, to: row.window_to }, status: row.status as KeyStatus },
    ...{ breaches: row.breaches, sustained: row.sustained },
    ...(row.slice === null ? {} : { slice: row.slice }),
    ...(row.value === null ? {} : { value: row.value }),
    ...(row.bound === null ? {} : { bound: row.bound }),
    ...(row.rows === null ? {} : { rows: row.rows }),
    ...(mutedBy === undefined ? {} : { mutedBy }),
    ...(row.incident === null ? {} : { incident: row.incident }),
    ...(silence === undefined ? {} : { silence }),
  }
  return { ...window, because: becauseOf(window) }
}

function becauseOf({
  state,
  status,
  breaches,
  sustained,
  mutedBy,
  incident,
  silence,
  rows,
}: Omit<ExplainedWindow, 'because'>): string {
  if (state === 'not-enough-data') return rows === undefined ? 'not enough data to say' : `not enough data to say: ${rows} rows`
  if (state === 'ok')
    return status === 'firing' ? `within its bound; incident ${incident ?? ''} waits whether it stays so` : 'within its bound'
  if (silence !== undefined)
    return `incident ${incident} was silenced by ${silence.by} until ${new Date(silence.until).toISOString().slice(0, 16)}Z: ${silence.reason}`
  if (mutedBy !== undefined && status === 'firing')
    return `explained by ${mutedBy.kind} of ${mutedBy.subject} (${mutedBy.measure})${incident === undefined ? ', which is only suspected yet' : `, a consequence in incident ${incident}`}`
  if (incident !== undefined) return `in incident ${incident}`
  if (status === 'suspected') return `suspected: breach ${breaches} in a row, and ${sustained} are asked for`
  return 'its window came after later ones, and decided nothing'
}

function summaryOf(windows: readonly ExplainedWindow[], subject: string): string {
  if (windows.length === 0)
    return `Nobody looked at ${subject} in this time: no monitor has found anything about it, good or bad.`
  const incidents = [
    ...new Set(windows.flatMap(({ incident, state }) => (incident === undefined || state !== 'breach' ? [] : [incident]))),
  ]
  if (incidents.length > 0) return `There was an alarm: incident ${incidents.toReversed().join(', ')}.`
  const breaches = windows.filter(({ state }) => state === 'breach')
  const unsure = windows.filter(({ state }) => state === 'not-enough-data').length
  if (breaches.length === 0 && unsure === windows.length) return `There was not enough data in any of ${windows.length} windows.`
  if (breaches.length === 0)
    return `It was never beyond its bound in ${windows.length - unsure} windows${unsure === 0 ? '' : `; ${unsure} more had not enough data`}.`
  const longest = Math.max(...breaches.map((each) => each.breaches))
  const asked = Math.max(...breaches.map(({ sustained }) => sustained))
  return `It was beyond its bound in ${breaches.length} windows, at most ${longest} in a row, and ${asked} in a row are asked for.`
}
