/** Incidents as rows, and rows as incidents. */
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { IncidentFindingTable, IncidentTable, IncidentTransitionTable } from '../../../platform/db/operations-tables.ts'
import type { AlertSeverity } from '../alerting/alert-message.ts'
import { IncidentNotFound } from './errors.ts'
import { type Finding, FINDING_KINDS, type SuggestedAction } from './finding.ts'
import type {
  Incident,
  IncidentMember,
  IncidentState,
  IncidentSummary,
  Silence,
  Transition,
  TransitionNumber,
  Verdict,
} from './incident.ts'
import { adviceOf, type Change } from './suggested-action.ts'

type Reader = Database['kysely'] | Tx

/** An incident that is told again for months has more; the newest are what is asked for. */
const TRANSITIONS_READ_MAX = 500
/** Members of which a reader gets all; of the others it is told how many there are. */
const MEMBERS_READ_MAX = 1_000

export function summaryOf(row: IncidentTable): IncidentSummary {
  const silence = silenceOf(row)
  return {
    ...{ id: row.id, uid: row.uid, deployment: row.deployment, state: row.state as IncidentState, title: row.title },
    severity: row.severity as AlertSeverity,
    suggestedAction: row.suggested_action as SuggestedAction,
    since: row.since,
    window: { from: row.window_from, to: row.window_to },
    openedAt: row.opened_at,
    updatedAt: row.updated_at,
    ...(row.told_at === null ? {} : { toldAt: row.told_at }),
    ...(row.acknowledged_at === null ? {} : { acknowledged: { by: row.acknowledged_by ?? '', at: row.acknowledged_at } }),
    ...(silence === undefined ? {} : { silence }),
    ...(row.resolved_at === null
      ? {}
      : {
          resolved: {
            by: row.resolved_by ?? '',
            at: row.resolved_at,
            ...(row.resolution === null ? {} : { reason: row.resolution }),
          },
        }),
    ...(row.verdict === null ? {} : { verdict: row.verdict as Verdict }),
  }
}

export const silenceOf = (row: IncidentTable): Silence | undefined =>
  row.silenced_until === null
    ? undefined
    : { by: row.silenced_by ?? '', until: row.silenced_until, reason: row.silence_reason ?? '' }

export async function readIncidentRow(reader: Reader, id: number): Promise<IncidentTable> {
  // PostgreSQL has no number beyond this in the column, and would refuse the question itself.
  const row =
    Number.isSafeInteger(id) && id > 0 && id < 2 ** 31
      ? await reader.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst()
      : undefined
  if (row === undefined) throw new IncidentNotFound({ id })
  return row
}

/** Causes by weight, then consequences by weight. */
export async function readMembers(reader: Reader, incident: number): Promise<readonly IncidentMember[]> {
  const rows = await reader
    .selectFrom('incident_finding')
    .selectAll()
    .where('incident', '=', incident)
    .limit(MEMBERS_READ_MAX)
    .execute()
  const findings = new Map(rows.map((row) => [row.key, JSON.parse(row.finding) as Finding]))
  return rows.map((row) => memberOf(row, findings)).toSorted(worstFirst)
}

/** A finding without a weight is at its bound; of equal ones the earlier kind comes first, and then the earlier name. */
const worstFirst = (a: IncidentMember, b: IncidentMember) =>
  a.role.localeCompare(b.role) ||
  (b.finding.weight ?? 1) - (a.finding.weight ?? 1) ||
  FINDING_KINDS.indexOf(a.finding.kind) - FINDING_KINDS.indexOf(b.finding.kind) ||
  a.finding.subject.localeCompare(b.finding.subject)

function memberOf(row: IncidentFindingTable, findings: ReadonlyMap<string, Finding>): IncidentMember {
  const muter = row.muted_by === null ? undefined : findings.get(row.muted_by)
  return {
    finding: findings.get(row.key)!,
    role: row.role as IncidentMember['role'],
    since: row.since,
    ...(muter === undefined ? {} : { mutedBy: { kind: muter.kind, subject: muter.subject, measure: muter.measure } }),
    ...(row.cleared_at === null ? {} : { clearedAt: row.cleared_at }),
  }
}

/** Throws IncidentNotFound. */
export async function readIncident(reader: Reader, id: number): Promise<Incident> {
  const row = await readIncidentRow(reader, id)
  const members = await readMembers(reader, id)
  const transitions = await reader
    .selectFrom('incident_transition')
    .selectAll()
    .where('incident', '=', id)
    .orderBy('sequence', 'desc')
    .limit(TRANSITIONS_READ_MAX)
    .execute()
  const summary = summaryOf(row)
  return {
    ...summary,
    members,
    changes: JSON.parse(row.changes) as Change[],
    transitions: transitions.map(transitionOf).toReversed(),
    advice: adviceOf(summary.suggestedAction, summary),
    channels: JSON.parse(row.channels) as string[],
  }
}

const transitionOf = (row: IncidentTransitionTable): Transition => ({
  at: row.at,
  event: row.event,
  ...(row.from_state === null ? {} : { from: row.from_state as IncidentState }),
  to: row.to_state as IncidentState,
  actor: row.actor,
  ...(row.reason === null ? {} : { reason: row.reason }),
  window: { from: row.window_from, to: row.window_to },
  numbers: JSON.parse(row.numbers) as TransitionNumber[],
  codeVersion: row.code_version,
})
