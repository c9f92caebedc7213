/**
 * What one window changes in the incidents of a deployment, as a pure function: which firing findings open an incident, join one
 * or are its consequences, which are over, and which incidents end. The caller reads the state before it and writes what it says.
 *
 * Findings that begin to fire together have one cause until somebody knows better, so they are one incident. Together means that
 * their breaches began before the onset of the incident was over: a weak signal needs more windows than a strong one. What
 * begins later is news, and an incident of its own.
 */
import type { FindingKind } from './finding.ts'
import { createCauses } from './inhibition.ts'
import type { KeyStatus } from './key-state.ts'

/** One finding key as it stands after this window. */
export interface PlannedKey {
  readonly key: string
  readonly kind: FindingKind
  readonly subject: string
  readonly status: KeyStatus
  readonly since?: number
  /** In breach in this very window. */
  readonly breaching: boolean
}

export interface LiveMember {
  readonly key: string
  readonly role: 'cause' | 'consequence'
  readonly cleared: boolean
}

/** An incident that is not resolved. */
export interface LiveIncident {
  readonly id: number
  /** What begins to be in breach before this moment belongs to it, milliseconds since 1970. */
  readonly onsetTo: number
  readonly members: readonly LiveMember[]
}

export interface Placement {
  readonly key: string
  /** `new` for all that this window opens together. */
  readonly incident: number | 'new'
  readonly role: 'cause' | 'consequence'
  readonly mutedBy?: string
}

export interface WindowPlan {
  /** Firing keys that become members, begin again in their incident, or become causes after their cause has gone. */
  readonly placements: readonly Placement[]
  /** Members that are over. */
  readonly cleared: readonly { readonly incident: number; readonly key: string }[]
  /** Incidents none of whose findings fires any more. */
  readonly resolved: readonly number[]
  /** What explains each key that is in breach or fires. */
  readonly mutedBy: ReadonlyMap<string, string>
}

export function planWindow(keys: readonly PlannedKey[], incidents: readonly LiveIncident[]): WindowPlan {
  const byKey = new Map(keys.map((each) => [each.key, each]))
  const active = keys.filter(({ status }) => status !== 'ok')
  // A suspicion that no window renews explains nothing: it would keep silent what it once was the cause of.
  const causes = createCauses(active.filter(({ status, breaching }) => status === 'firing' || breaching))
  const mutedBy = new Map<string, string>()
  for (const each of active) {
    const cause = causes.find(each)
    if (cause !== undefined) mutedBy.set(each.key, cause.key)
  }
  const firing = active.filter(({ status }) => status === 'firing')
  const placements = placeAll(firing, mutedBy, incidents)
  const cleared = incidents.flatMap(({ id, members }) =>
    members
      .filter(({ key, cleared }) => !cleared && byKey.get(key)?.status !== 'firing')
      .map(({ key }) => ({ incident: id, key })),
  )
  const placed = new Set(placements.map(({ incident }) => incident))
  const resolved = incidents
    .filter(({ id, members }) => !placed.has(id) && members.every(({ key }) => byKey.get(key)?.status !== 'firing'))
    .map(({ id }) => id)
  return { placements, cleared, resolved, mutedBy }
}

function placeAll(
  firing: readonly PlannedKey[],
  mutedBy: ReadonlyMap<string, string>,
  incidents: readonly LiveIncident[],
): readonly Placement[] {
  const homes = new Map<string, { readonly incident: number; readonly member: LiveMember }>()
  for (const { id, members } of incidents) for (const member of members) homes.set(member.key, { incident: id, member })
  const placedIn = new Map<string, number | 'new'>()
  const placements: Placement[] = []
  const put = (placement: Placement) => {
    placedIn.set(placement.key, placement.incident)
    placements.push(placement)
  }
  for (const { key, since, breaching } of firing) {
    const home = homes.get(key)
    const cause = mutedBy.get(key)
    const explained = cause !== undefined
    if (home !== undefined) {
      placedIn.set(key, home.incident)
      const { role, cleared } = home.member
      // What explained it has gone and it stays: then it was not only a consequence.
      const next = role === 'consequence' && !explained ? 'cause' : role
      const explanation = explained && next === 'consequence' ? { mutedBy: cause } : {}
      if (breaching && (cleared || next !== role)) put({ key, incident: home.incident, role: next, ...explanation })
    } else if (!explained && breaching) put({ key, incident: joinable(since, incidents) ?? 'new', role: 'cause' })
  }
  for (const { key, breaching } of firing) {
    if (placedIn.has(key) || !breaching) continue
    const cause = mutedBy.get(key)!
    const incident = placedIn.get(rootOf(key, mutedBy)) ?? placedIn.get(cause)
    // What explains it is only suspected: whether it is a consequence shows in the next windows.
    if (incident !== undefined) put({ key, incident, role: 'consequence', mutedBy: cause })
  }
  return placements
}

/** The incident whose onset its first breach lies in; of several the newest. */
const joinable = (since: number | undefined, incidents: readonly LiveIncident[]) =>
  incidents.findLast(({ onsetTo }) => since !== undefined && since < onsetTo)?.id

/** What explains what explains it, to the end; each step goes to an earlier kind, so there is one. */
function rootOf(key: string, mutedBy: ReadonlyMap<string, string>): string {
  let at = key
  for (let next = mutedBy.get(at); next !== undefined; next = mutedBy.get(at)) at = next
  return at
}
