/** Deletes what is older than is kept. What is still going on is never deleted, however old it is. */
import type { RetainedIncidents } from './incident.ts'
import { type IncidentStore, lockIncidents, makeTransition, MONITOR } from './transition.ts'

const DAY_MS = 86_400_000
/** Incidents ended in one go. */
const ABANDONED_MAX = 100

export async function retainIncidents(store: IncidentStore): Promise<RetainedIncidents> {
  const { db, clock, settings } = store
  const findingsBefore = clock.now() - settings.findingsKeepDays * DAY_MS
  const incidentsBefore = clock.now() - settings.incidentsKeepDays * DAY_MS
  const findings = await db.kysely.deleteFrom('finding').where('seen_at', '<', findingsBefore).executeTakeFirst()
  await db.kysely.deleteFrom('finding_state').where('seen_at', '<', findingsBefore).execute()
  const abandoned = await resolveAbandoned(store)
  const incidents = await db.kysely
    .deleteFrom('incident')
    .where('state', '=', 'resolved')
    .where('resolved_at', '<', incidentsBefore)
    .executeTakeFirst()
  const deliveries = await db.kysely
    .deleteFrom('delivery')
    .where('state', '!=', 'waiting')
    .where('finished_at', '<', findingsBefore)
    .executeTakeFirst()
  return {
    findings: Number(findings.numDeletedRows),
    incidents: Number(incidents.numDeletedRows),
    deliveries: Number(deliveries.numDeletedRows),
    abandoned,
  }
}

/** A column that left the contract is looked at no more, so its incident would wait for ever. */
async function resolveAbandoned(store: IncidentStore): Promise<number> {
  const rows = await store.db.kysely
    .selectFrom('incident')
    .select('id')
    .where('state', '!=', 'resolved')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('incident_finding')
            .innerJoin('finding_state', 'finding_state.key', 'incident_finding.key')
            .select('incident_finding.key')
            .whereRef('incident_finding.incident', '=', 'incident.id')
            .whereRef('finding_state.deployment', '=', 'incident.deployment'),
        ),
      ),
    )
    .limit(ABANDONED_MAX)
    .execute()
  for (const { id } of rows)
    await store.db.transaction(async (tx) => {
      await lockIncidents(tx)
      const reason = 'nothing of it is looked at any more'
      const set = { resolved_at: store.clock.now(), resolved_by: MONITOR, resolution: reason, verdict: 'unknown' }
      await makeTransition(
        tx,
        { id, event: 'resolve', actor: MONITOR, reason, to: 'resolved', set, tell: { as: 'resolve' } },
        store,
      )
    })
  return rows.length
}
