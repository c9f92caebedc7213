/**
 * Takes one window in: every finding goes through its state machine and is kept, the plan says what follows for the incidents, and
 * all of it is written in one transaction. What was seen before is left out first, so the same window again changes nothing.
 */
import type { Tx } from '../../../platform/db/database.ts'
import type { FindingStateTable, IncidentTable } from '../../../platform/db/operations-tables.ts'
import { cleanFinding, storedKeyOf } from './clean-finding.ts'
import type { Finding } from './finding.ts'
import { type FindingFate, leaveOutSeen, readStates, writeFindings, writeStates } from './finding-rows.ts'
import type { IncidentMember, Observed, ObserveOptions } from './incident.ts'
import { silenceOf } from './incident-records.ts'
import { type LiveIncident, planWindow } from './plan-window.ts'
import { plannedKeys, type SteppedKey, stepFindings } from './step-findings.ts'
import { openIncident, touchIncidents, type WindowWrite } from './touch-incidents.ts'
import { type IncidentStore, lockIncidents } from './transition.ts'

/** Most findings of one window: far more than columns, measures and slices of one model. */
const FINDINGS_MAX = 20_000

export async function observeWindow(given: readonly Finding[], options: ObserveOptions, store: IncidentStore): Promise<Observed> {
  if (given.length === 0) return { opened: [], changed: [], resolved: [] }
  const { deployment } = given[0]!
  if (given.some((finding) => finding.deployment !== deployment)) throw new TypeError('A window is of one deployment.')
  if (given.length > FINDINGS_MAX) throw new RangeError(`A window has at most ${FINDINGS_MAX} findings, not ${given.length}.`)
  // Of two findings with one identity the last is meant.
  const findings = new Map(given.map((finding) => [storedKeyOf(finding), cleanFinding(finding)]))
  return store.db.transaction(async (tx) => {
    const last = await lockIncidents(tx)
    const states = await readStates(tx, deployment)
    const fresh = await leaveOutSeen(tx, deployment, findings, states)
    const stepped = new Map(stepFindings(fresh, states, options).map((each) => [each.key, each]))
    const now = store.clock.now()
    await writeStates(tx, stepped.values(), now)
    const live = await readLive(tx, deployment)
    const plan = planWindow(plannedKeys(stepped.values(), states), live.incidents)
    const write: WindowWrite = { deployment, stepped, plan, options }
    const opened = await openIncident(tx, write, last, store)
    const touched = await touchIncidents(tx, write, live.incidents, store)
    const fateOf = fates(write, live, opened, states)
    const late = [...fresh].filter(([key]) => !stepped.has(key))
    const common = { seen_at: now, code_version: store.codeVersion }
    await writeFindings(tx, { stepped: stepped.values(), late, fateOf, sustained: options.sustained }, common)
    return { opened: opened === undefined ? [] : [opened], ...touched }
  })
}

interface Live {
  readonly incidents: readonly LiveIncident[]
  readonly rows: ReadonlyMap<number, IncidentTable>
  readonly homeOf: ReadonlyMap<string, number>
}

async function readLive(tx: Tx, deployment: string): Promise<Live> {
  const rows = await tx
    .selectFrom('incident')
    .selectAll()
    .where('deployment', '=', deployment)
    .where('state', '!=', 'resolved')
    .orderBy('id')
    .execute()
  const members =
    rows.length === 0
      ? []
      : await tx
          .selectFrom('incident_finding')
          .select(['incident', 'key', 'role', 'cleared_at'])
          .where(
            'incident',
            'in',
            rows.map(({ id }) => id),
          )
          .execute()
  const of = Map.groupBy(members, ({ incident }) => incident)
  return {
    rows: new Map(rows.map((row) => [row.id, row])),
    homeOf: new Map(members.map(({ key, incident }) => [key, incident])),
    incidents: rows.map(({ id, onset_to }) => ({
      id,
      onsetTo: onset_to,
      members: (of.get(id) ?? []).map(({ key, role, cleared_at }) => ({
        key,
        role: role as IncidentMember['role'],
        cleared: cleared_at !== null,
      })),
    })),
  }
}

/** What became of each finding in this window: its incident, what explains it, and whether that was silent. */
function fates(
  { stepped, plan }: WindowWrite,
  live: Live,
  opened: number | undefined,
  states: ReadonlyMap<string, FindingStateTable>,
): (key: SteppedKey) => FindingFate {
  const homes = new Map(live.homeOf)
  for (const { key, incident } of plan.placements) homes.set(key, incident === 'new' ? opened! : incident)
  const silenceIn = (incident: number) => {
    const row = live.rows.get(incident)
    return row?.state === 'silenced' ? silenceOf(row) : undefined
  }
  const identityOf = (key: string) => {
    const { kind, subject, measure } = stepped.get(key)?.finding ?? states.get(key)!
    return JSON.stringify({ kind, subject, measure })
  }
  return ({ key, finding, state }) => {
    const muter = finding.state === 'breach' ? plan.mutedBy.get(key) : undefined
    const incident = state.status === 'firing' ? homes.get(key) : undefined
    return {
      incident,
      mutedBy: muter === undefined ? undefined : identityOf(muter),
      silence: incident === undefined ? undefined : silenceIn(incident),
    }
  }
}
