/** Where findings come in, incidents come of them, and people answer. */
import type { Page } from '../../../kernel/page.ts'
import type { IncidentTable } from '../../../platform/db/operations-tables.ts'
import { alertPrecision } from './alert-precision.ts'
import { acknowledgeIncident, resolveIncident, silenceIncident, tickIncidents } from './answer-incident.ts'
import { IncidentCursorInvalid } from './errors.ts'
import { explainAlarm } from './explain-alarm.ts'
import type { Finding } from './finding.ts'
import type { IncidentDesk, IncidentQuery, IncidentSummary, Suspicion } from './incident.ts'
import { readIncident, summaryOf } from './incident-records.ts'
import { observeWindow } from './observe-window.ts'
import { retainIncidents } from './retain-incidents.ts'
import type { IncidentStore } from './transition.ts'

/** Suspicions that are listed; the longest first. */
const SUSPICIONS_MAX = 200

export function createIncidentDesk(store: IncidentStore): IncidentDesk {
  return Object.freeze<IncidentDesk>({
    observe: (findings, options) => observeWindow(findings, options, store),
    tick: () => tickIncidents(store),
    list: (query) => listIncidents(query, store),
    get: (id) => readIncident(store.db.kysely, id),
    acknowledge: (id, by) => acknowledgeIncident(id, by, store),
    silence: (id, silence) => silenceIncident(id, silence, store),
    resolve: (id, by) => resolveIncident(id, by, store),
    suspicions: (deployment) => listSuspicions(store, deployment),
    explain: (question) => explainAlarm(question, store.db),
    precision: (deployment) => alertPrecision(store.db, deployment),
    retain: () => retainIncidents(store),
  })
}

async function listIncidents(
  { deployment, state, severity, limit, cursor }: IncidentQuery,
  { db }: IncidentStore,
): Promise<Page<IncidentSummary>> {
  const before = cursor === undefined ? undefined : Number(cursor)
  if (before !== undefined && !(Number.isSafeInteger(before) && before > 0 && before < 2 ** 31))
    throw new IncidentCursorInvalid({ cursor: cursor!.slice(0, 100) })
  let query = db.kysely.selectFrom('incident').selectAll().orderBy('id', 'desc')
  if (deployment !== undefined) query = query.where('deployment', '=', deployment)
  if (state === 'live') query = query.where('state', '!=', 'resolved')
  else if (state !== undefined) query = query.where('state', '=', state)
  if (severity !== undefined) query = query.where('severity', '=', severity)
  if (before !== undefined) query = query.where('id', '<', before)
  const rows: IncidentTable[] = await query.limit(limit + 1).execute()
  const items = rows.slice(0, limit).map(summaryOf)
  return rows.length > limit ? { items, next: String(items.at(-1)!.id) } : { items }
}

async function listSuspicions({ db }: IncidentStore, deployment?: string): Promise<readonly Suspicion[]> {
  let query = db.kysely.selectFrom('finding_state').selectAll().where('status', '=', 'suspected')
  if (deployment !== undefined) query = query.where('deployment', '=', deployment)
  const rows = await query.orderBy('breaches', 'desc').orderBy('since').limit(SUSPICIONS_MAX).execute()
  return rows.map((row) => ({
    ...{ deployment: row.deployment, kind: row.kind as Finding['kind'], subject: row.subject, measure: row.measure },
    ...(row.slice === null ? {} : { slice: row.slice }),
    ...{ breaches: row.breaches, sustained: row.sustained, since: row.since ?? 0 },
  }))
}
