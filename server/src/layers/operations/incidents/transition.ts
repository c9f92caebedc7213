/**
 * The one way in which an incident changes: its row, a line in its history, an entry in the audit log and the messages that tell
 * of it, in the transaction of the caller.
 */
import type { Clock } from '../../../kernel/clock.ts'
import { sparklines } from '../../../kernel/sparkline.ts'
import type { AuditTrail } from '../../../platform/db/audit-trail.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { IncidentTable } from '../../../platform/db/operations-tables.ts'
import type { AlertEvent, AlertFinding, AlertIncident } from '../alerting/alert-message.ts'
import { enqueueAlert } from '../alerting/outbox.ts'
import { readEvidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { IncidentMember, IncidentState, TransitionNumber } from './incident.ts'
import { readMembers, summaryOf } from './incident-records.ts'
import { adviceOf, type Change } from './suggested-action.ts'

/** Who acts when no person does. */
export const MONITOR = 'monitor'
const NUMBERS_MAX = 20
const CAUSES_TOLD_MAX = 10
const CONSEQUENCES_TOLD_MAX = 10
const EXAMPLES_TOLD_MAX = 5
const CHANGES_TOLD_MAX = 3
const CHART_WIDTH_MAX = 24

/** Finds changes of a deployment and its model in the audit log; joined in main. */
export interface ChangeLog {
  /** Nearest first, `countMax` at most, none later than `time`. Reads through `tx`. */
  before(tx: Tx, deployment: string, time: number, countMax: number): Promise<readonly Change[]>
}

export interface IncidentStore {
  readonly db: Database
  readonly clock: Clock
  readonly audit: AuditTrail
  readonly ids: () => string
  readonly changeLog: ChangeLog
  /** Channels that are told when nobody answers. */
  readonly escalateTo: readonly string[]
  /** Version of the program, kept with each decision. */
  readonly codeVersion: string
  readonly settings: {
    /** An open incident is told again after this time, in milliseconds. */
    readonly repeatMs: number
    /** An open incident that nobody acknowledged is escalated after this time, in milliseconds. */
    readonly escalateMs: number
    readonly findingsKeepDays: number
    readonly incidentsKeepDays: number
  }
}

export interface TransitionStep {
  readonly id: number
  /** Word of the history. */
  readonly event: string
  readonly actor: string
  readonly reason?: string | undefined
  /** State before it, where that is not what the row says. */
  readonly from?: 'suspected'
  /** State after it; default: as before. */
  readonly to?: IncidentState
  /** Columns that change with it. */
  readonly set?: Partial<IncidentTable>
  /** Tells these channels, by default those of the incident and those it was escalated to; absent tells nobody. */
  readonly tell?: { readonly as: AlertEvent; readonly channels?: readonly string[] } | undefined
}

/** One transaction at a time changes incidents: this row is written first. Gives the last number. */
export async function lockIncidents(tx: Tx): Promise<number> {
  const { last } = await tx
    .updateTable('incident_head')
    .set((eb) => ({ last: eb('last', '+', 0) }))
    .where('id', '=', 1)
    .returning('last')
    .executeTakeFirstOrThrow()
  return last
}

export async function makeTransition(tx: Tx, step: TransitionStep, store: IncidentStore): Promise<void> {
  const now = store.clock.now()
  const before = await tx.selectFrom('incident').selectAll().where('id', '=', step.id).executeTakeFirstOrThrow()
  const members = await readMembers(tx, step.id)
  const to = step.to ?? (before.state as IncidentState)
  const row: IncidentTable = {
    ...before,
    ...step.set,
    state: to,
    updated_at: now,
    ...(step.tell === undefined ? {} : { told_at: now }),
  }
  const { id: _, ...columns } = row
  await tx.updateTable('incident').set(columns).where('id', '=', row.id).execute()
  const from = step.from ?? before.state
  const numbers = causesOf(members)
    .slice(0, NUMBERS_MAX)
    .map(({ finding }) => numberOf(finding))
  await writeHistory(tx, step, { from, to, row, numbers }, store)
  await store.audit.append(tx, {
    action: `incident.${step.event}`,
    subject: `incident/${row.id}`,
    actor: step.actor,
    before: { state: from },
    after: { state: to, deployment: row.deployment, title: row.title, ...(row.verdict === null ? {} : { verdict: row.verdict }) },
    ...(step.reason === undefined ? {} : { reason: step.reason }),
  })
  if (step.tell === undefined) return
  const own = [...(JSON.parse(row.channels) as string[]), ...(row.escalated_at === null ? [] : store.escalateTo)]
  const channels = step.tell.channels ?? own
  const said = step.actor === MONITOR ? {} : { actor: step.actor, ...(step.reason === undefined ? {} : { reason: step.reason }) }
  const message = { event: step.tell.as, at: now, ...said, incident: alertOf(row, members) }
  await enqueueAlert(tx, { message, channels }, store.ids)
}

interface Moved {
  readonly from: string | null
  readonly to: string
  readonly row: IncidentTable
  readonly numbers: readonly TransitionNumber[]
  /** Default: now. */
  readonly at?: number | undefined
}

export async function writeHistory(
  tx: Tx,
  { event, actor, reason }: Pick<TransitionStep, 'event' | 'actor' | 'reason'>,
  { from, to, row, numbers, at }: Moved,
  { clock, codeVersion }: IncidentStore,
): Promise<void> {
  const { count } = await tx
    .selectFrom('incident_transition')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('incident', '=', row.id)
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('incident_transition')
    .values({
      ...{ incident: row.id, sequence: Number(count) + 1, at: at ?? clock.now(), event, from_state: from, to_state: to, actor },
      ...{ reason: reason ?? null, window_from: row.window_from, window_to: row.window_to },
      numbers: JSON.stringify(numbers),
      code_version: codeVersion,
    })
    .execute()
}

export const numberOf = ({ kind, subject, measure, slice, value, bound }: Finding): TransitionNumber => ({
  ...{ kind, subject, measure },
  ...(slice === undefined ? {} : { slice }),
  ...(value === undefined ? {} : { value }),
  ...(bound === undefined ? {} : { bound }),
})

const causesOf = (members: readonly IncidentMember[]) => members.filter(({ role }) => role === 'cause')

function alertOf(row: IncidentTable, members: readonly IncidentMember[]): AlertIncident {
  const { id, uid, deployment, state, severity, title, since, openedAt, window, suggestedAction } = summaryOf(row)
  const causes = causesOf(members)
  const consequences = members.filter(({ role }) => role === 'consequence')
  const examples = causes.flatMap(({ finding }) => readEvidence(finding.evidence).predictions ?? [])
  return {
    ...{ id, uid, deployment, state, severity, title, since, openedAt, window },
    ...(row.resolved_at === null ? {} : { resolvedAt: row.resolved_at }),
    causes: causes.slice(0, CAUSES_TOLD_MAX).map(alertFindingOf),
    causesCount: causes.length,
    consequences: consequences.slice(0, CONSEQUENCES_TOLD_MAX).map(({ finding }) => finding.sentence),
    consequencesCount: consequences.length,
    changes: (JSON.parse(row.changes) as Change[]).slice(0, CHANGES_TOLD_MAX).map(changeText),
    advice: adviceOf(suggestedAction, { id, deployment, window }),
    examples: [...new Set(examples)].slice(0, EXAMPLES_TOLD_MAX),
  }
}

function alertFindingOf({ finding, since }: IncidentMember): AlertFinding {
  const { kind, subject, measure, slice, value, bound, unit, rows, sentence, evidence } = finding
  const { histogram } = readEvidence(evidence)
  return {
    ...{ kind, subject, measure, sentence, since },
    ...(slice === undefined ? {} : { slice }),
    ...(value === undefined ? {} : { value }),
    ...(bound === undefined ? {} : { bound }),
    ...(unit === undefined ? {} : { unit }),
    ...(rows === undefined ? {} : { rows }),
    ...(histogram === undefined ? {} : { chart: sparklines(histogram.before, histogram.after, CHART_WIDTH_MAX) }),
  }
}

/** `2026-03-01 14:05 kim: deployment.launch of deployment/flight-delay (hurry)` */
const changeText = ({ time, actor, action, subject, reason }: Change): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} ${actor}: ${action} of ${subject}${reason === undefined ? '' : ` (${reason.slice(0, 200)})`}`
