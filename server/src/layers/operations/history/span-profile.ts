/**
 * The profile of any span of a deployment: the profiles of its windows put together, or, for a slice and for what no window holds
 * yet, made again from the journal. On the bins of the version that was watched last in it, because only profiles on the same
 * bins can be compared.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Database } from '../../../platform/db/database.ts'
import { Baseline, type ModelRegistry } from '../../model/index.ts'
import { SHADOW } from '../../serving/data-plane.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import type { JournalReader } from '../journal/journal-reader.ts'
import type { PredictionFilter } from '../journal/prediction-filter.ts'
import type { ProfileColumn } from '../profile/profile-column.ts'
import { parseProfile } from '../profile/profile-json.ts'
import { createProfile, type Profile } from '../profile/profile.ts'
import { type ProfileReference, profileReferenceOf } from '../profile/profile-reference.ts'
import { BaselineMissing } from './errors.ts'

/** References that are kept ready. */
const REFERENCES_MAX = 8
const WINDOWS_MAX = 1_000
const PAGE_ROWS = 5_000
/** Rows of the journal that one profile is made of, the newest. */
const ROWS_MAX = 200_000

export interface VersionReference {
  readonly version: number
  readonly baseline: Baseline
  readonly reference: ProfileReference
  readonly columns: readonly ProfileColumn[]
}
export interface Span {
  readonly from: number
  readonly to: number
  readonly slice?: PredictionFilter['slice']
}
export interface SpanProfile {
  readonly version: VersionReference
  readonly profile: Profile
  readonly from: number
  readonly to: number
  readonly source: 'windows' | 'journal'
  readonly windows: number
  /** Windows of the span that were watched with another version. */
  readonly windowsOfOthers: number
  /** Older rows of the span are not in it. */
  readonly truncated: boolean
}

export interface SpanProfiles {
  /** `version`: on the bins of this one. Throws BaselineMissing, and what opening a version throws. */
  read(deployment: DeploymentRecord, span: Span, version?: number): Promise<SpanProfile>
}

interface Services {
  readonly db: Database
  readonly registry: Pick<ModelRegistry, 'openVersion'>
  readonly journalReader: Pick<JournalReader, 'window'>
}

export function createSpanProfiles(services: Services): SpanProfiles {
  const kept = new Map<string, VersionReference>()
  async function referenceOf({ name, model }: DeploymentRecord, version: number): Promise<VersionReference> {
    const key = `${model}@${version}`
    const known = kept.get(key) ?? (await openReference(name, model, version, services))
    kept.delete(key)
    if (kept.size >= REFERENCES_MAX) kept.delete(kept.keys().next().value!)
    kept.set(key, known)
    return known
  }
  return Object.freeze<SpanProfiles>({
    async read(deployment, span, version) {
      const rows = span.slice === undefined ? await windowRows(services.db, deployment.name, span) : []
      const of = await referenceOf(deployment, version ?? rows.at(-1)?.version ?? deployment.variants[0]!.version)
      const own = rows.filter((row) => row.version === of.version)
      const profiles = own.flatMap(({ profile }) => (profile === null ? [] : [parseProfile(JSON.parse(profile), of.reference)]))
      if (profiles.length === 0) return fromJournal(deployment.name, span, of, services.journalReader)
      const profile = createProfile([...profiles[0]!.columns.values()], of.reference)
      for (const one of profiles) profile.absorb(one)
      return {
        ...{ version: of, profile, source: 'windows', truncated: rows.length === WINDOWS_MAX },
        ...{ from: own[0]!.from, to: own.at(-1)!.to, windows: own.length, windowsOfOthers: rows.length - own.length },
      }
    },
  })
}

async function openReference(
  deployment: string,
  model: string,
  version: number,
  { registry }: Services,
): Promise<VersionReference> {
  const { folder, signature } = await registry.openVersion(model, version)
  const text = await readFile(path.join(folder, 'baseline.json'), 'utf8').catch(() => undefined)
  if (text === undefined) throw new BaselineMissing({ deployment, model, version })
  const baseline = Baseline.parse(JSON.parse(text))
  const types = new Map(baseline.columns.map(({ name, type }) => [name, type]))
  const columns = signature.inputs.flatMap(({ name, type }): ProfileColumn[] =>
    type === 'tensor' ? [] : [{ name, type: types.get(name) ?? type }],
  )
  return { version, baseline, reference: profileReferenceOf(baseline), columns }
}

/** The windows that lie in the span, oldest first; the newest of them when there are too many. */
async function windowRows(db: Database, deployment: string, { from, to }: Span) {
  const rows = await db.kysely
    .selectFrom('monitor_window')
    .select(['from_at', 'to_at', 'version', 'profile'])
    .where('deployment', '=', deployment)
    .where('from_at', '>=', from)
    .where('to_at', '<=', to)
    .orderBy('from_at', 'desc')
    .limit(WINDOWS_MAX)
    .execute()
  return rows.map((row) => ({ ...row, from: Number(row.from_at), to: Number(row.to_at) })).toReversed()
}

async function fromJournal(
  deployment: string,
  { from, to, slice }: Span,
  of: VersionReference,
  journalReader: Services['journalReader'],
): Promise<SpanProfile> {
  const profile = createProfile(of.columns, of.reference)
  let cursor: string | undefined
  do {
    const page = await journalReader.window({ deployment, from, to, filter: { slice }, limit: PAGE_ROWS, cursor })
    for (const { variant, inputs } of page.items) if (variant !== SHADOW) profile.addInstance(inputs)
    cursor = page.next
  } while (cursor !== undefined && profile.rows < ROWS_MAX)
  return { version: of, profile, from, to, source: 'journal', windows: 0, windowsOfOthers: 0, truncated: cursor !== undefined }
}
