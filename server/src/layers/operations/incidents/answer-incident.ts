/** What people do with an incident, and what happens when they do nothing. Each is one transaction on one incident. */
import type { ExpressionBuilder } from 'kysely'
import type { Authorship } from '../../../kernel/page.ts'
import type { Database, Tx } from '../../../platform/db/database.ts'
import type { IncidentTable } from '../../../platform/db/operations-tables.ts'
import type { DatabaseSchema } from '../../../platform/db/schema.ts'
import { plainText } from './clean-finding.ts'
import { IncidentAlreadyResolved, SilenceUnfit } from './errors.ts'
import type { Incident, SilenceRequest, Verdict } from './incident.ts'
import { readIncident, readIncidentRow } from './incident-records.ts'
import { CALM } from './key-state.ts'
import { type IncidentStore, lockIncidents, makeTransition, MONITOR, type TransitionStep } from './transition.ts'

const DAY_MS = 86_400_000
/** A longer silence is a monitor that nobody wants; then the contract should say so. */
const SILENCE_DAYS_MAX = 90
const TEXT_LENGTH_MAX = 2_000
/** Incidents that one tick touches; the next one goes on. */
const TICK_INCIDENTS_MAX = 100

export const acknowledgeIncident = (id: number, { actor, reason: said }: Authorship, store: IncidentStore): Promise<Incident> =>
  change(id, store, async (tx, row) => {
    const reason = storable(said)
    if (row.state === 'resolved') throw alreadyResolved(row)
    if (row.state === 'acknowledged') return
    const set = { acknowledged_at: store.clock.now(), acknowledged_by: actor, ...NO_SILENCE }
    await makeTransition(
      tx,
      { id, event: 'acknowledge', actor, reason, to: 'acknowledged', set, tell: telling(row, 'acknowledge') },
      store,
    )
  })

export async function silenceIncident(
  id: number,
  { by, forMs, reason: said }: SilenceRequest,
  store: IncidentStore,
): Promise<Incident> {
  const reason = plainText(said.trim(), TEXT_LENGTH_MAX)
  const refuse = (explanation: string) => new SilenceUnfit({ explanation, daysMax: SILENCE_DAYS_MAX })
  if (reason === '') throw refuse('it has no reason')
  if (!(forMs > 0)) throw refuse('it would be over already')
  if (forMs > SILENCE_DAYS_MAX * DAY_MS) throw refuse(`it would last longer than ${SILENCE_DAYS_MAX} days`)
  return change(id, store, async (tx, row) => {
    if (row.state === 'resolved') throw alreadyResolved(row)
    const until = Math.ceil(store.clock.now() + forMs)
    const set = { silenced_until: until, silenced_by: by, silence_reason: reason }
    await makeTransition(tx, { id, event: 'silence', actor: by, reason, to: 'silenced', set }, store)
  })
}

export const resolveIncident = (
  id: number,
  { actor, reason: said, verdict }: Authorship & { readonly verdict: Verdict },
  store: IncidentStore,
): Promise<Incident> =>
  change(id, store, async (tx, row) => {
    const reason = storable(said)
    if (row.state === 'resolved') return makeTransition(tx, { id, event: 'verdict', actor, reason, set: { verdict } }, store)
    const set = { verdict, resolved_at: store.clock.now(), resolved_by: actor, resolution: reason ?? null }
    await makeTransition(tx, { id, event: 'resolve', actor, reason, to: 'resolved', set, tell: telling(row, 'resolve') }, store)
    await calmMembers(tx, row)
  })

const storable = (said: string | undefined) => (said === undefined ? undefined : plainText(said, TEXT_LENGTH_MAX))

/** Whoever resolves it says that it is over; what goes on has to last again before it rings again. */
async function calmMembers(tx: Tx, { id, deployment }: IncidentTable): Promise<void> {
  await tx
    .updateTable('finding_state')
    .set({ status: CALM.status, breaches: CALM.breaches, oks: CALM.oks, since: null })
    .where('deployment', '=', deployment)
    .where('key', 'in', (eb) => eb.selectFrom('incident_finding').select('incident_finding.key').where('incident', '=', id))
    .execute()
}

async function change(id: number, store: IncidentStore, work: (tx: Tx, row: IncidentTable) => Promise<void>): Promise<Incident> {
  return store.db.transaction(async (tx) => {
    await lockIncidents(tx)
    await work(tx, await readIncidentRow(tx, id))
    return readIncident(tx, id)
  })
}

const NO_SILENCE = { silenced_until: null, silenced_by: null, silence_reason: null }
const alreadyResolved = ({ id, resolved_by }: IncidentTable) => new IncidentAlreadyResolved({ id, by: resolved_by ?? MONITOR })
/** An incident that no channel was told of needs no news. */
const telling = ({ told_at }: IncidentTable, as: 'acknowledge' | 'resolve') => (told_at === null ? undefined : { as })

/** Says how many incidents it touched. */
export async function tickIncidents(store: IncidentStore): Promise<number> {
  let touched = 0
  for (const { id } of await dueIncidents(store.db.kysely, store))
    touched += await store.db.transaction(async (tx) => {
      await lockIncidents(tx)
      const [row] = await dueIncidents(tx, store, id)
      if (row === undefined) return 0
      await makeTransition(tx, stepDue(row, store), store)
      return 1
    })
  return touched
}

type DueIncident = IncidentTable & { readonly escalates: number }

/** Incidents, or the one of this number, that time alone changes now. */
async function dueIncidents(
  reader: Database['kysely'] | Tx,
  { clock, settings: { repeatMs, escalateMs } }: IncidentStore,
  id?: number,
): Promise<readonly DueIncident[]> {
  const now = clock.now()
  /** Nobody has to answer what is silent, so the time to do so begins when the silence is over. */
  const escalates = (eb: ExpressionBuilder<DatabaseSchema, 'incident'>) =>
    eb.and([
      eb('state', '=', 'open'),
      eb('escalated_at', 'is', null),
      eb('opened_at', '<=', now - escalateMs),
      eb.not(
        eb.exists(
          eb
            .selectFrom('incident_transition')
            .select('sequence')
            .whereRef('incident_transition.incident', '=', 'incident.id')
            .where('event', '=', 'silence-over')
            .where('at', '>', now - escalateMs),
        ),
      ),
    ])
  return reader
    .selectFrom('incident')
    .selectAll('incident')
    .select((eb) => eb.case().when(escalates(eb)).then(1).else(0).end().as('escalates'))
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'silenced'), eb('silenced_until', '<=', now)]),
        eb.and([eb('state', '=', 'open'), eb('told_at', '<=', now - repeatMs)]),
        escalates(eb),
      ]),
    )
    .$if(id !== undefined, (query) => query.where('id', '=', id!))
    .orderBy('id')
    .limit(TICK_INCIDENTS_MAX)
    .execute()
}

/** What time alone does to an incident that is due. */
function stepDue(row: DueIncident, { clock, escalateTo }: IncidentStore): TransitionStep {
  const by = { id: row.id, actor: MONITOR }
  if (row.state === 'silenced') {
    const reason = `the silence of ${row.silenced_by ?? 'nobody'} is over`
    return {
      ...by,
      event: 'silence-over',
      reason,
      to: 'open',
      set: NO_SILENCE,
      tell: { as: row.told_at === null ? 'open' : 'reopen' },
    }
  }
  if (row.escalates === 0) return { ...by, event: 'repeat', reason: 'it goes on', tell: { as: 'repeat' } }
  const channels = escalateTo.length === 0 ? {} : { channels: escalateTo }
  return {
    ...by,
    event: 'escalate',
    reason: 'nobody acknowledged it',
    set: { escalated_at: clock.now() },
    tell: { as: 'escalate', ...channels },
  }
}
