/** Every deployment at one glance, for people of all trades: put together from what the layers below keep. */
import { parseContract } from '../../../contract/parse-contract.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Page, PageRequest } from '../../../kernel/page.ts'
import type { Database } from '../../../platform/db/database.ts'
import type { Verdict } from '../../evolution/index.ts'
import { readStoredWindows, type StoredFinding, type StoredWindow } from '../../operations/index.ts'
import {
  addCell,
  type DeploymentRecord,
  type DeploymentRepository,
  emptyCell,
  latencyQuantile,
  type TrafficCell,
  type TrafficRecorder,
} from '../../serving/index.ts'
import { incidentNeed, type Need, type OpenRelease, releaseNeed, reviewNeed, reviewOf } from './needs.ts'

const MINUTE_MS = 60_000
const NOW_MS = 10_000
const MINUTES = 60
const COLUMNS_MAX = 10
/** Spans that are looked through for the last one whose outcomes have come. */
const SPANS_MAX = 30
/** Incidents that a page tells of as waiting. */
const INCIDENTS_MAX = 1_000

export interface FleetMember {
  readonly deployment: DeploymentRecord
  readonly purpose?: string
  readonly owners: Readonly<Record<string, string>>
  readonly traffic: ReturnType<typeof trafficOf>
  readonly drift?: NonNullable<ReturnType<typeof driftOf>>
  readonly dataQuality?: { readonly breaches: number; readonly from: number; readonly to: number }
  readonly quality: readonly (StoredFinding & { readonly from: number; readonly to: number })[]
  readonly incidents: { readonly critical: number; readonly warning: number; readonly unacknowledged: number }
  readonly contract: {
    readonly verdict?: Verdict
    readonly check?: string
    readonly override?: string
    readonly reviewBy?: string
    readonly reviewInDays?: number
  }
  readonly release?: OpenRelease
  readonly needs: readonly Need[]
}
export interface Fleet {
  /** By name. `only` asks for one. Throws DeploymentNotFound for one that is not there. */
  list(page: PageRequest, only?: string): Promise<Page<FleetMember>>
}

export interface FleetServices {
  readonly db: Database
  readonly clock: Clock
  readonly deployments: Pick<DeploymentRepository, 'list' | 'get'>
  readonly recorder: TrafficRecorder
  readonly journal: { health(deployment: string): { readonly state: string; readonly explanation?: string | undefined } }
}

export function createFleet(services: FleetServices): Fleet {
  return Object.freeze<Fleet>({
    async list(page, only) {
      const { deployments } = services
      const found: Page<DeploymentRecord> =
        only === undefined ? await deployments.list(page) : { items: [await deployments.get(only)] }
      const names = found.items.map(({ name }) => name)
      const shared = { incidents: await openIncidents(services.db, names), releases: await openReleases(services.db, names) }
      const items: FleetMember[] = []
      for (const deployment of found.items) items.push(await memberOf(deployment, shared, services))
      return { ...found, items }
    },
  })
}

interface Shared {
  readonly incidents: Awaited<ReturnType<typeof openIncidents>>
  readonly releases: readonly OpenRelease[]
}

async function memberOf(deployment: DeploymentRecord, shared: Shared, services: FleetServices): Promise<FleetMember> {
  const { db, clock, recorder, journal } = services
  const { name } = deployment
  const contract = parseContract(deployment.contractText)
  const [last] = await readStoredWindows(db, name, { limit: 1, withRows: true })
  const spans = await readStoredWindows(db, name, { limit: SPANS_MAX, kind: 'quality' })
  const judged = spans.find(({ findings }) => findings.some(({ value }) => value !== undefined)) ?? spans[0]
  const incidents = shared.incidents.filter((one) => one.deployment === name)
  const release = shared.releases.find((one) => one.deployment === name)
  const review = reviewOf(contract, clock.now())
  const health = journal.health(name)
  const recommended = await recommendation(db, name)
  const drift = driftOf(last)
  const count = (severity: string) => incidents.filter((one) => one.severity === severity).length
  const unacknowledged = incidents.filter(({ state }) => state === 'open')
  return {
    deployment,
    ...(contract.purpose === undefined ? {} : { purpose: contract.purpose }),
    owners: contract.owners,
    traffic: trafficOf(name, recorder, clock.now()),
    ...(drift === undefined ? {} : { drift }),
    ...(last === undefined
      ? {}
      : { dataQuality: { breaches: breachesOf(last, 'data-quality').length, from: last.from, to: last.to } }),
    quality: qualityOf(judged),
    incidents: { critical: count('critical'), warning: count('warning'), unacknowledged: unacknowledged.length },
    contract: { ...(await evidenceOf(deployment, db)), ...(review && { reviewBy: review.by, reviewInDays: review.inDays }) },
    ...(release === undefined ? {} : { release }),
    needs: [
      ...(release === undefined ? [] : releaseNeed(release)),
      ...unacknowledged.map(incidentNeed),
      ...recommended,
      ...(health.state === 'healthy'
        ? []
        : [
            {
              kind: 'journal' as const,
              deployment: name,
              subject: name,
              sentence: `The journal is ${health.state}: ${health.explanation ?? ''}`,
            },
          ]),
      ...(deployment.state === 'live' ? reviewNeed(name, review) : []),
    ],
  }
}

function trafficOf(deployment: string, recorder: TrafficRecorder, now: number) {
  const answering = (unit: 'second' | 'minute', from: number) =>
    recorder.spans(deployment, unit, { from, to: Number.POSITIVE_INFINITY }).map(({ from: at, versions }) => ({
      at,
      cell: versions
        .filter(({ role }) => role === 'answer')
        .reduce((sum: TrafficCell, { cell }) => addCell(sum, cell), emptyCell()),
    }))
  const first = Math.floor(now / MINUTE_MS) * MINUTE_MS - (MINUTES - 1) * MINUTE_MS
  const minutes = answering('minute', first)
  const hour = minutes.reduce((sum: TrafficCell, { cell }) => addCell(sum, cell), emptyCell())
  const recent = answering('second', now - NOW_MS).reduce((sum, { cell }) => sum + cell.requests, 0)
  const perMinute = Array.from(
    { length: MINUTES },
    (_, i) => minutes.find(({ at }) => at === first + i * MINUTE_MS)?.cell.requests ?? 0,
  )
  const countedMs = Math.max(1_000, now - Math.max(first, recorder.oldest))
  const [p50Ms, p99Ms] = [latencyQuantile(hour.latencies, 0.5), latencyQuantile(hour.latencies, 0.99)]
  return {
    perSecond: recent / (NOW_MS / 1_000),
    perSecondLastHour: hour.requests / (countedMs / 1_000),
    requestsLastHour: hour.requests,
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p99Ms === undefined ? {} : { p99Ms }),
    ...(hour.requests === 0 ? {} : { errorRate: hour.failures / hour.requests }),
    perMinute,
    countedFrom: recorder.oldest,
  }
}

const breachesOf = ({ findings }: StoredWindow, kind: StoredFinding['kind']) =>
  findings.filter((one) => one.kind === kind && one.slice === undefined && one.state === 'breach')

function driftOf(last: StoredWindow | undefined) {
  const judged =
    last?.findings.filter(({ kind, slice }) => (kind === 'drift' || kind === 'prediction-drift') && slice === undefined) ?? []
  if (last === undefined || judged.length === 0) return undefined
  const worst = judged
    .filter(({ state }) => state === 'breach')
    .toSorted((a, b) => (b.value ?? 0) / (b.bound || 1) - (a.value ?? 0) / (a.bound || 1))
  const isKnown = judged.some(({ state }) => state !== 'not-enough-data')
  const state = worst.length > 0 ? ('breach' as const) : isKnown ? ('ok' as const) : ('not-enough-data' as const)
  return {
    state,
    from: last.from,
    to: last.to,
    rows: last.rows,
    columns: worst.slice(0, COLUMNS_MAX).map(({ subject }) => subject),
  }
}

const qualityOf = (judged: StoredWindow | undefined): FleetMember['quality'] =>
  (judged?.findings ?? [])
    .filter(({ kind, slice }) => kind === 'quality' && slice === undefined)
    .map((one) => ({ ...one, from: one.span?.from ?? judged!.from, to: one.span?.to ?? judged!.to }))

/** On what evidence the champion answers. */
async function evidenceOf({ variants }: DeploymentRecord, db: Database) {
  const champion = variants.find(({ name }) => name === 'champion')
  const override = champion?.overrideReason === undefined ? {} : { override: champion.overrideReason }
  if (champion?.checkId === undefined) return override
  const found = await db.kysely.selectFrom('check_report').select('verdict').where('id', '=', champion.checkId).executeTakeFirst()
  return { ...override, check: champion.checkId, ...(found && { verdict: found.verdict as Verdict }) }
}

async function openIncidents(db: Database, deployments: readonly string[]) {
  if (deployments.length === 0) return []
  return db.kysely
    .selectFrom('incident')
    .select(['id', 'deployment', 'state', 'severity', 'title', 'opened_at'])
    .where('deployment', 'in', deployments)
    .where('state', '!=', 'resolved')
    .orderBy('id', 'desc')
    .limit(INCIDENTS_MAX)
    .execute()
}

async function openReleases(db: Database, deployments: readonly string[]): Promise<OpenRelease[]> {
  if (deployments.length === 0) return []
  const rows = await db.kysely
    .selectFrom('release')
    .select(['id', 'deployment', 'version', 'state', 'step', 'steps', 'approvals_needed', 'created_by', 'updated_at'])
    .select(({ selectFrom, fn }) =>
      selectFrom('approval').select(fn.countAll().as('n')).whereRef('release_id', '=', 'release.id').as('approvals'),
    )
    .where('deployment', 'in', deployments)
    .where('finished_at', 'is', null)
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({
    ...{ id: row.id, deployment: row.deployment, version: row.version, state: row.state, step: row.step },
    steps: stepsOf(row.steps),
    approvalsNeeded: row.approvals_needed,
    approvals: Number(row.approvals ?? 0),
    createdBy: row.created_by,
    updatedAt: Number(row.updated_at),
  }))
}

const stepsOf = (text: string): string[] =>
  (JSON.parse(text) as readonly (string | { readonly text: string })[]).map((step) =>
    typeof step === 'string' ? step : step.text,
  )

/** The last retraining said to release its winner, and nobody has. */
async function recommendation(db: Database, deployment: string): Promise<Need[]> {
  const last = await db.kysely
    .selectFrom('retraining')
    .select(['id', 'decision', 'winner', 'model', 'finished_at'])
    .where('deployment', '=', deployment)
    .where('finished_at', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last?.decision !== 'recommended' || last.winner === null) return []
  const released = await db.kysely
    .selectFrom('release')
    .select('id')
    .where('deployment', '=', deployment)
    .where('version', '=', last.winner)
    .executeTakeFirst()
  if (released !== undefined) return []
  const sentence = `A retraining recommends version ${last.winner}; nobody has launched it.`
  return [
    {
      kind: 'recommendation',
      deployment,
      subject: last.id,
      sentence,
      ...(last.finished_at === null ? {} : { since: Number(last.finished_at) }),
    },
  ]
}
