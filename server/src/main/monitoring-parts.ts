/** What watching needs, joined: what is kept of windows, the incident desk, and the changes that incidents are held against. */
import type { ChangeLog } from '../layers/operations/index.ts'
import { createIncidentDesk, createMonitorStore, type IncidentDesk, type MonitorStore } from '../layers/operations/index.ts'
import type { State } from './open-state.ts'

export interface MonitoringParts {
  readonly monitors: MonitorStore
  readonly desk: IncidentDesk
}

const HOUR_MS = 3_600_000
/** An open incident is told again after four hours, and to the escalation channels after one without an answer. */
const SETTINGS = { repeatMs: 4 * HOUR_MS, escalateMs: HOUR_MS, findingsKeepDays: 90, incidentsKeepDays: 400 } as const

export function createMonitoringParts({ db, clock, audit, ids }: State, codeVersion: string): MonitoringParts {
  const store = { db, clock, audit, ids, changeLog: auditChanges, escalateTo: [], codeVersion, settings: SETTINGS }
  return Object.freeze<MonitoringParts>({ monitors: createMonitorStore({ db, clock }), desk: createIncidentDesk(store) })
}

/** Changes of a deployment and of its model's versions, out of the audit log. */
const auditChanges: ChangeLog = Object.freeze<ChangeLog>({
  async before(tx, deployment, time, countMax) {
    const found = await tx.selectFrom('deployment').select('model').where('name', '=', deployment).executeTakeFirst()
    const rows = await tx
      .selectFrom('audit_entry')
      .select(['time', 'actor', 'action', 'subject', 'reason'])
      .where('time', '<=', time)
      .where((eb) =>
        eb.or([eb('subject', '=', `deployment/${deployment}`), eb('subject', '=', `${found?.model ?? deployment}@champion`)]),
      )
      .orderBy('sequence', 'desc')
      .limit(countMax)
      .execute()
    return rows.map(({ reason, ...row }) => ({ ...row, time: Number(row.time), ...(reason === null ? {} : { reason }) }))
  },
})
