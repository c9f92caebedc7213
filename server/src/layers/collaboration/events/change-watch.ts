/**
 * Finds what changed since it was asked last, in the store alone, so that it sees what a worker or a command in another process
 * did as well as what happened here. The sequence of the audit log is the cursor for all that is audited; what moves without an
 * entry (progress of jobs, windows that a monitor finished, the analysis of a step that runs) is held against what was seen.
 */
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../platform/db/database.ts'
import { changesOf } from './audited-changes.ts'
import type { Change } from './change.ts'

/** Entries read at once; beyond them readers are told to ask for everything again. */
const ENTRIES_MAX = 500
const JOBS_MAX = 200
const STEPS_MAX = 200
const DEPLOYMENTS_MAX = 10_000
/** Work that the clock asks for every minute, of which nothing is shown. */
const UNTOLD = ['operations.monitor', 'journal.compact', 'retraining.watch', 'jobs.prune']

export interface ChangeWatch {
  /** From now on: what was before is not told. */
  begin(): Promise<void>
  /** What changed since `begin` or the last call. */
  next(): Promise<readonly Change[]>
}

interface Seen {
  sequence: number
  incidentsAt: number
  windows: Map<string, string>
  jobs: Map<string, string>
  steps: Map<string, string>
}

export function createChangeWatch({ db, clock }: { readonly db: Database; readonly clock: Clock }): ChangeWatch {
  let seen: Seen | undefined
  const begin = async () => {
    const head = await db.kysely.selectFrom('audit_head').select('sequence').where('id', '=', 1).executeTakeFirstOrThrow()
    const fresh: Seen = {
      sequence: Number(head.sequence),
      incidentsAt: clock.now(),
      windows: new Map(),
      jobs: new Map(),
      steps: new Map(),
    }
    const now = clock.now()
    for (const find of [windowChanges, jobChanges, stepChanges]) await find(db, fresh, now)
    seen = fresh
  }
  return Object.freeze<ChangeWatch>({
    begin,
    async next() {
      if (seen === undefined) await begin()
      const now = clock.now()
      const changes: Change[] = []
      for (const find of [auditChanges, incidentChanges, windowChanges, jobChanges, stepChanges])
        changes.push(...(await find(db, seen!, now)))
      return changes
    },
  })
}

async function auditChanges(db: Database, seen: Seen, now: number): Promise<Change[]> {
  const rows = await db.kysely
    .selectFrom('audit_entry')
    .select(['sequence', 'time', 'actor', 'action', 'subject'])
    .where('sequence', '>', seen.sequence)
    .orderBy('sequence')
    .limit(ENTRIES_MAX + 1)
    .execute()
  if (rows.length > ENTRIES_MAX) {
    const head = await db.kysely.selectFrom('audit_head').select('sequence').where('id', '=', 1).executeTakeFirstOrThrow()
    seen.sequence = Number(head.sequence)
    return [{ topic: 'resync', subject: '', time: now }]
  }
  if (rows.length === 0) return []
  seen.sequence = Number(rows.at(-1)!.sequence)
  const owners = await ownersOf(
    db,
    rows.map(({ subject }) => subject),
  )
  return rows.flatMap(({ time, actor, action, subject }) =>
    changesOf({ time: Number(time), actor, action, subject }, (of) => owners.get(of)),
  )
}

/** The deployments of the releases and incidents among the subjects. */
async function ownersOf(db: Database, subjects: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>()
  const idsOf = (prefix: string) => [
    ...new Set(subjects.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length))),
  ]
  const releases = idsOf('release/')
  const incidents = idsOf('incident/').map(Number).filter(Number.isSafeInteger)
  if (releases.length > 0)
    for (const { id, deployment } of await db.kysely
      .selectFrom('release')
      .select(['id', 'deployment'])
      .where('id', 'in', releases)
      .execute())
      owners.set(`release/${id}`, deployment)
  if (incidents.length > 0)
    for (const { id, deployment } of await db.kysely
      .selectFrom('incident')
      .select(['id', 'deployment'])
      .where('id', 'in', incidents)
      .execute())
      owners.set(`incident/${id}`, deployment)
  return owners
}

/** Incidents that got another window or another cause, which is no change of their state. */
async function incidentChanges(db: Database, seen: Seen, now: number): Promise<Change[]> {
  const rows = await db.kysely
    .selectFrom('incident')
    .select(['id', 'deployment', 'updated_at'])
    .where('updated_at', '>', seen.incidentsAt)
    .orderBy('updated_at')
    .limit(STEPS_MAX)
    .execute()
  seen.incidentsAt = Number(rows.at(-1)?.updated_at ?? seen.incidentsAt)
  return rows.map(({ id, deployment }) => ({ topic: 'incidents', subject: String(id), deployment, time: now }))
}

async function windowChanges(db: Database, seen: Seen, now: number): Promise<Change[]> {
  const rows = await db.kysely
    .selectFrom('monitor_state')
    .select(['deployment', 'watched_until', 'judged_until'])
    .limit(DEPLOYMENTS_MAX)
    .execute()
  const measured = await db.kysely
    .selectFrom('monitor_quality')
    .select(({ fn }) => ['deployment', fn.max('known_until').as('known')])
    .groupBy('deployment')
    .execute()
  const known = new Map(measured.map((row) => [row.deployment, row.known]))
  return differences(
    seen.windows,
    rows.map((row) => [row.deployment, `${row.watched_until}/${row.judged_until}/${known.get(row.deployment) ?? 0}`]),
  ).map((deployment) => ({ topic: 'windows', subject: deployment, deployment, time: now }))
}

async function stepChanges(db: Database, seen: Seen, now: number): Promise<Change[]> {
  const rows = await db.kysely
    .selectFrom('release_step')
    .innerJoin('release', 'release.id', 'release_step.release_id')
    .select(['release.id', 'release.deployment', 'release_step.position', 'release_step.analysis'])
    .where('release.finished_at', 'is', null)
    .where('release_step.ended_at', 'is', null)
    .limit(STEPS_MAX)
    .execute()
  const deployments = new Map(rows.map(({ id, deployment }) => [id, deployment]))
  const changed = differences(
    seen.steps,
    rows.map(({ id, position, analysis }) => [id, `${position}/${analysis ?? ''}`]),
  )
  return changed.map((id) => ({ topic: 'releases', subject: id, deployment: deployments.get(id)!, time: now }))
}

async function jobChanges(db: Database, seen: Seen, now: number): Promise<Change[]> {
  const columns = ['id', 'kind', 'state', 'done', 'total', 'note'] as const
  const unfinished = await db.kysely
    .selectFrom('job')
    .select(columns)
    .where('state', 'in', ['queued', 'running'])
    .where('kind', 'not in', UNTOLD)
    .limit(JOBS_MAX)
    .execute()
  const open = new Set(unfinished.map(({ id }) => id))
  const ended = [...seen.jobs.keys()].filter((id) => !open.has(id))
  const finished = ended.length === 0 ? [] : await db.kysely.selectFrom('job').select(columns).where('id', 'in', ended).execute()
  const jobs = [...unfinished, ...finished]
  const changed = new Set(
    differences(
      seen.jobs,
      jobs.map(({ id, state, done, total, note }) => [id, `${state}/${done}/${total}/${note ?? ''}`]),
    ),
  )
  for (const id of ended) seen.jobs.delete(id)
  return jobs.flatMap(({ id, kind, state, done, total, note }): Change[] => {
    if (!changed.has(id)) return []
    const progress = { kind, state, done, total, ...(note === null ? {} : { note: note.slice(0, 200) }) }
    const job = { subject: id, time: now, progress }
    if (kind === 'model.train')
      return [
        { topic: 'jobs', ...job },
        { topic: 'runs', ...job },
      ]
    if (kind === 'retraining.run')
      return [
        { topic: 'jobs', ...job },
        { topic: 'retrainings', ...job },
        { topic: 'runs', ...job },
      ]
    return [{ topic: 'jobs', ...job }]
  })
}

/** Keys whose stamp is another than it was; the map then holds the stamps of now. */
function differences(known: Map<string, string>, now: readonly (readonly [key: string, stamp: string])[]): string[] {
  const changed = now.filter(([key, stamp]) => known.get(key) !== stamp).map(([key]) => key)
  const gone = new Set(known.keys())
  for (const [key, stamp] of now) {
    known.set(key, stamp)
    gone.delete(key)
  }
  for (const key of gone) known.delete(key)
  return changed
}
