/**
 * What the distributions of a window are held against, as the contract says: the training data, the window before, or the same
 * hour of past weeks, each of the whole and of every slice. The training data knows no slices, so theirs begin with the traffic:
 * the first day of the version, and longer until a slice has enough rows.
 */
import type { DriftReferenceName } from '../../../contract/monitoring.ts'
import type { Finding } from '../incidents/finding.ts'
import { parseProfile } from '../profile/profile-json.ts'
import type { ProfileReference } from '../profile/profile-reference.ts'
import { mergeProfiles, type Profile } from '../profile/profile.ts'
import type { MonitorStore } from './monitor-store.ts'
import type { MonitorReference } from './reference.ts'
import { addSlices, type FirstSlices, type SliceCounts, slicesFromText, slicesToText } from './slice-counts.ts'

const WEEK_MS = 7 * 86_400_000
/** Weeks whose same hour is looked at, and how many of them make a reference. */
const WEEKS_MAX = 8
export const WEEKS_MIN = 2
/** Rows, and time in milliseconds, from which on a slice of the first traffic is a reference. */
const FIRST_ROWS_MIN = 1_000
const FIRST_MS_MIN = 86_400_000

export interface DriftReference {
  readonly name: DriftReferenceName
  /** Absent while there is too little history, and `lack` says so. */
  readonly whole: ProfileReference | Profile | undefined
  readonly slices: ReadonlyMap<string, SliceCounts>
  readonly lack: string
}

export const referenceNameOf = ({ contract }: MonitorReference): DriftReferenceName =>
  contract.monitoring.drift?.reference ?? 'baseline'

/** Only for a version with a baseline, which gives the bins. */
export async function driftReferenceOf(
  of: MonitorReference & { readonly reference: ProfileReference },
  window: Finding['window'],
  first: FirstSlices | undefined,
  monitors: Pick<MonitorStore, 'past'>,
): Promise<DriftReference> {
  const name = referenceNameOf(of)
  if (name === 'baseline') {
    const known = first === undefined || window.from - first.from < FIRST_MS_MIN ? [] : slicesFromText(first.text, of.reference)
    const enough = known.filter(({ rows }) => rows >= FIRST_ROWS_MIN)
    return { name, whole: of.reference, slices: bySlice(enough), lack: 'the first traffic of this version is still gathered' }
  }
  const isPrevious = name === 'previous'
  const weeks = Array.from({ length: WEEKS_MAX }, (_, i) => window.from - (i + 1) * WEEK_MS)
  const kept = await monitors.past(of.deployment, isPrevious ? [window.from - of.windowMs] : weeks)
  const usable = kept.flatMap(({ profile, slices }) => {
    const json: unknown = profile === undefined ? undefined : JSON.parse(profile)
    // Another version counts on other bins.
    if ((json as { reference?: unknown } | undefined)?.reference !== of.reference.digest) return []
    return [
      { profile: parseProfile(json, of.reference), slices: slices === undefined ? [] : slicesFromText(slices, of.reference) },
    ]
  })
  const [one, ...others] = usable.map(({ profile }) => profile)
  if (one === undefined || (!isPrevious && usable.length < WEEKS_MIN))
    return { name, whole: undefined, slices: new Map(), lack: isPrevious ? 'no window before it' : lackOfWeeks(usable.length) }
  const sums = usable.reduce<readonly SliceCounts[]>((sum, { slices }) => addSlices(sum, slices), [])
  return { name, whole: mergeProfiles(one, ...others), slices: bySlice(sums), lack: 'it had no rows then' }
}

const lackOfWeeks = (weeks: number) => `the same hour of ${weeks} past weeks, and ${WEEKS_MIN} are needed`
const bySlice = (slices: readonly SliceCounts[]) => new Map(slices.map((each) => [each.slice, each]))

/** With the slices of one more window, while any of them still has too few rows or the first day is not over. */
export function gatherFirst(
  first: FirstSlices | undefined,
  slices: readonly SliceCounts[],
  window: Finding['window'],
  reference: ProfileReference,
): FirstSlices | undefined {
  if (slices.length === 0) return first
  const known = first === undefined ? [] : slicesFromText(first.text, reference)
  const isFirstDay = first === undefined || window.from - first.from < FIRST_MS_MIN
  const full = new Set(known.filter(({ rows }) => !isFirstDay && rows >= FIRST_ROWS_MIN).map(({ slice }) => slice))
  const added = slices.filter(({ slice }) => !full.has(slice))
  if (added.length === 0) return first
  const sums = addSlices(known, added)
    .toSorted((a, b) => b.rows - a.rows)
    .slice(0, FIRST_SLICES_MAX)
  return { from: first?.from ?? window.from, text: slicesToText(sums, reference) }
}

/** The largest are kept. */
const FIRST_SLICES_MAX = 100
