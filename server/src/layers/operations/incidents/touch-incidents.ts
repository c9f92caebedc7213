/** Writes what a window's plan says of the incidents: opens one, takes in new members, refreshes the old ones, ends what is over. */
import type { Tx } from '../../../platform/db/database.ts'
import type { FindingTable, IncidentFindingTable, IncidentTable } from '../../../platform/db/operations-tables.ts'
import type { AlertSeverity } from '../alerting/alert-message.ts'
import type { Finding, FindingKind } from './finding.ts'
import type { Observed, ObserveOptions, TransitionNumber } from './incident.ts'
import { readMembers } from './incident-records.ts'
import type { LiveIncident, Placement, WindowPlan } from './plan-window.ts'
import type { SteppedKey } from './step-findings.ts'
import { type Change, suggestAction } from './suggested-action.ts'
import { type IncidentStore, makeTransition, MONITOR, numberOf, writeHistory } from './transition.ts'

/** Changes that are kept with an incident. */
const CHANGES_MAX = 5
/** Members of an incident that are written down; a window of more says so by its worst. */
const MEMBERS_MAX = 1_000
/** Members whose evidence is kept: what a person looks at. */
const EVIDENCE_MEMBERS_MAX = 20
/** What users feel at once; drift alone is a warning. */
const CRITICAL_KINDS: ReadonlySet<FindingKind> = new Set(['feed', 'quality', 'release'])

export interface WindowWrite {
  readonly deployment: string
  /** What this window said, by key. */
  readonly stepped: ReadonlyMap<string, SteppedKey>
  readonly plan: WindowPlan
  readonly options: ObserveOptions
}

/** Number of the incident that this window opens. It is one, whatever begins to fire together. */
export async function openIncident(tx: Tx, write: WindowWrite, last: number, store: IncidentStore): Promise<number | undefined> {
  const { deployment, plan, stepped, options } = write
  const placed = plan.placements.filter(({ incident }) => incident === 'new')
  if (placed.length === 0) return undefined
  const id = last + 1
  const causes = placed
    .filter(({ role }) => role === 'cause')
    .map(({ key }) => stepped.get(key)!)
    .toSorted((a, b) => weightOf(b.finding) - weightOf(a.finding))
  const since = Math.min(...causes.map(({ state, finding }) => state.since ?? finding.window.from))
  const { from, to } = causes[0]!.finding.window
  // What began it most likely happened within its first window.
  const changes = await store.changeLog.before(tx, deployment, since + (to - from) - 1, CHANGES_MAX)
  const silence = await inheritedSilence(tx, deployment, causes, store)
  const now = store.clock.now()
  const row: IncidentTable = {
    ...{
      id,
      uid: store.ids(),
      deployment,
      state: silence === undefined ? 'open' : 'silenced',
      since,
      code_version: store.codeVersion,
    },
    severity: severityOf(causes),
    title: causes[0]!.finding.sentence,
    suggested_action: suggestAction({ causes: causes.map(({ finding }) => finding), since, changes }),
    channels: JSON.stringify(options.channels),
    changes: JSON.stringify(changes),
    onset_to: onsetEnd(causes),
    ...spanOf(causes.map(({ finding }) => finding)),
    ...{ opened_at: now, updated_at: now, told_at: null, escalated_at: null, acknowledged_at: null, acknowledged_by: null },
    silenced_until: silence?.silenced_until ?? null,
    silenced_by: silence?.silenced_by ?? null,
    silence_reason: silence?.silence_reason ?? null,
    ...{ resolved_at: null, resolved_by: null, resolution: null, verdict: null },
  }
  await tx.updateTable('incident_head').set({ last: id }).where('id', '=', 1).execute()
  await tx.insertInto('incident').values(row).execute()
  await putMembers(tx, id, placed, write)
  await writeSuspicion(tx, row, causes, store)
  const tell = silence === undefined ? { tell: { as: 'open' } as const } : {}
  await makeTransition(tx, { id, event: 'open', actor: MONITOR, from: 'suspected', ...tell }, store)
  return id
}

/** Its history begins with the first breach, which nobody was told of. */
async function writeSuspicion(tx: Tx, row: IncidentTable, causes: readonly SteppedKey[], store: IncidentStore): Promise<void> {
  const first = await tx
    .selectFrom('finding')
    .select(['kind', 'subject', 'measure', 'slice', 'value', 'bound', 'window_from', 'window_to', 'seen_at'])
    .where('deployment', '=', row.deployment)
    .where('window_from', '=', row.since)
    .where(
      'key',
      'in',
      causes.slice(0, EVIDENCE_MEMBERS_MAX).map(({ key }) => key),
    )
    .execute()
  const numbers = first.map(numberOfRow)
  const { from, to } = causes[0]!.finding.window
  const window = { window_from: row.since, window_to: first[0]?.window_to ?? row.since + (to - from) }
  const shown = numbers.length > 0 ? numbers : causes.slice(0, EVIDENCE_MEMBERS_MAX).map(({ finding }) => numberOf(finding))
  await writeHistory(
    tx,
    { event: 'suspect', actor: MONITOR },
    { from: null, to: 'suspected', row: { ...row, ...window }, numbers: shown, at: first[0]?.seen_at },
    store,
  )
}

type NumberRow = Pick<FindingTable, 'kind' | 'subject' | 'measure' | 'slice' | 'value' | 'bound'>
const numberOfRow = ({ kind, subject, measure, slice, value, bound }: NumberRow): TransitionNumber => ({
  ...{ kind: kind as FindingKind, subject, measure },
  ...(slice === null ? {} : { slice }),
  ...(value === null ? {} : { value }),
  ...(bound === null ? {} : { bound }),
})

/** Takes new members in, refreshes and clears the old ones, ends incidents that are over. */
export async function touchIncidents(
  tx: Tx,
  write: WindowWrite,
  incidents: readonly LiveIncident[],
  store: IncidentStore,
): Promise<Omit<Observed, 'opened'>> {
  const { plan, stepped } = write
  const changed: number[] = []
  for (const incident of incidents) {
    const placed = plan.placements.filter(({ incident: id }) => id === incident.id)
    await putMembers(tx, incident.id, placed, write)
    const known = incident.members.flatMap(({ key }) => stepped.get(key) ?? [])
    await refreshMembers(tx, incident.id, known)
    const cleared = plan.cleared.filter(({ incident: id }) => id === incident.id).map(({ key }) => key)
    for (let at = 0; at < cleared.length; at += MEMBERS_MAX)
      await tx
        .updateTable('incident_finding')
        .set({ cleared_at: store.clock.now() })
        .where('incident', '=', incident.id)
        .where('key', 'in', cleared.slice(at, at + MEMBERS_MAX))
        .execute()
    await moveSpan(tx, incident.id, [...known, ...placed.flatMap(({ key }) => stepped.get(key) ?? [])])
    const was = new Map(incident.members.map((member) => [member.key, member]))
    const isNews = placed.some(({ key, role }) => role === 'cause' && was.get(key)?.role !== 'cause')
    if (isNews) await tellNews(tx, incident.id, store)
    if (isNews || placed.length > 0 || cleared.length > 0) changed.push(incident.id)
  }
  for (const id of plan.resolved) await resolveByItself(tx, id, store)
  return { changed: changed.filter((id) => !plan.resolved.includes(id)), resolved: plan.resolved }
}

async function tellNews(tx: Tx, id: number, store: IncidentStore): Promise<void> {
  const members = await readMembers(tx, id)
  const row = await tx.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const causes = members.filter(({ role }) => role === 'cause')
  const set = {
    title: causes[0]!.finding.sentence,
    severity: severityOf(causes),
    since: Math.min(row.since, ...causes.map(({ since }) => since)),
    suggested_action: suggestAction({
      causes: causes.map(({ finding }) => finding),
      since: row.since,
      changes: JSON.parse(row.changes) as Change[],
    }),
  }
  const tell = row.state === 'silenced' ? {} : { tell: { as: 'change' } as const }
  await makeTransition(tx, { id, event: 'change', actor: MONITOR, set, ...tell }, store)
}

/** Told even where a silence holds: receivers that heard of it would wait for its end for ever. */
async function resolveByItself(tx: Tx, id: number, store: IncidentStore): Promise<void> {
  const row = await tx.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  const reason = 'nothing of it was in breach any more'
  const set = { resolved_at: store.clock.now(), resolved_by: MONITOR, resolution: reason }
  const tell = row.told_at === null ? {} : { tell: { as: 'resolve' } as const }
  await makeTransition(tx, { id, event: 'resolve', actor: MONITOR, reason, to: 'resolved', set, ...tell }, store)
}

async function putMembers(tx: Tx, incident: number, placed: readonly Placement[], { stepped }: WindowWrite): Promise<void> {
  const worstFirst = placed
    .flatMap((placement) => {
      const key = stepped.get(placement.key)
      return key === undefined ? [] : [{ placement, key }]
    })
    .toSorted((a, b) => a.placement.role.localeCompare(b.placement.role) || weightOf(b.key.finding) - weightOf(a.key.finding))
  for (const [rank, { placement, key }] of worstFirst.slice(0, MEMBERS_MAX).entries()) {
    const row: IncidentFindingTable = {
      ...{ incident, key: placement.key, role: placement.role, muted_by: placement.mutedBy ?? null, cleared_at: null },
      since: key.state.since ?? key.finding.window.from,
      finding: JSON.stringify(rank < EVIDENCE_MEMBERS_MAX ? key.finding : withoutEvidence(key.finding)),
    }
    await tx
      .insertInto('incident_finding')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .columns(['incident', 'key'])
          .doUpdateSet({ role: row.role, muted_by: row.muted_by, cleared_at: null, finding: row.finding }),
      )
      .execute()
  }
}

/** What is still in breach is shown as it is now. A window without evidence leaves that of the one before. */
async function refreshMembers(tx: Tx, incident: number, stepped: readonly SteppedKey[]): Promise<void> {
  const breaching = stepped.filter(({ finding }) => finding.state === 'breach')
  const worst = breaching.toSorted((a, b) => weightOf(b.finding) - weightOf(a.finding)).slice(0, EVIDENCE_MEMBERS_MAX)
  const shown = new Set(worst.map(({ key }) => key))
  for (const { key, finding } of breaching)
    await tx
      .updateTable('incident_finding')
      .set({ finding: JSON.stringify(shown.has(key) ? finding : withoutEvidence(finding)) })
      .where('incident', '=', incident)
      .where('key', '=', key)
      .execute()
}

async function moveSpan(tx: Tx, id: number, stepped: readonly SteppedKey[]): Promise<void> {
  const breaching = stepped.filter(({ finding }) => finding.state === 'breach').map(({ finding }) => finding)
  if (breaching.length === 0) return
  const span = spanOf(breaching)
  await tx.updateTable('incident').set(span).where('id', '=', id).where('window_to', '<', span.window_to).execute()
}

/** A silence that still holds for the same things, of an incident that ended meanwhile: asked for by time, it lasts its time. */
async function inheritedSilence(
  tx: Tx,
  deployment: string,
  causes: readonly SteppedKey[],
  { clock }: IncidentStore,
): Promise<IncidentTable | undefined> {
  const silenced = await tx
    .selectFrom('incident')
    .selectAll()
    .where('deployment', '=', deployment)
    .where('state', '=', 'resolved')
    .where('silenced_until', '>', clock.now())
    .orderBy('id', 'desc')
    .execute()
  for (const row of silenced) {
    const members = await tx.selectFrom('incident_finding').select('key').where('incident', '=', row.id).execute()
    const keys = new Set(members.map(({ key }) => key))
    if (causes.every(({ key }) => keys.has(key))) return row
  }
  return undefined
}

function withoutEvidence(finding: Finding): Finding {
  const { evidence: _, ...rest } = finding
  return rest
}
const weightOf = ({ weight = 1 }: Finding) => weight
const severityOf = (causes: readonly { readonly finding: Finding }[]): AlertSeverity =>
  causes.some(({ finding }) => CRITICAL_KINDS.has(finding.kind)) ? 'critical' : 'warning'
const spanOf = (findings: readonly Finding[]) => ({
  window_from: Math.min(...findings.map(({ window }) => window.from)),
  window_to: Math.max(...findings.map(({ window }) => window.to)),
})
/** A weaker signal of the same cause may need as many windows again as this one needed. */
const onsetEnd = (causes: readonly SteppedKey[]) =>
  Math.max(...causes.map(({ finding: { window }, sustained }) => window.to + sustained * (window.to - window.from)))
