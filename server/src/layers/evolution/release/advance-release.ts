/**
 * One look at one open release, and what follows from it. Whatever is decided is recorded first and loaded then; only the way
 * back to the champion is the other way round, because nobody should be answered by a version that is known to be worse while
 * a record is written. A look that finds nothing to do changes nothing, so it may come at any time, and after any kill.
 */
import { parseContract } from '../../../contract/parse-contract.ts'
import type { LiveVariant } from '../../serving/data-plane.ts'
import type { DeploymentRecord } from '../../serving/index.ts'
import { judgedOutput } from '../check/judged-output.ts'
import { analyseStep, type StepAnalysis } from './step-analysis.ts'
import { ReleaseStateUnfit } from './errors.ts'
import type { ReleaseRecord, ReleaseStep, StepOutcome } from './release.ts'
import { abortRelease, enterStep, holdRelease, type StepEnd } from './release-changes.ts'
import type { EvidenceQuery, EvidenceRows } from './release-evidence.ts'
import { findingOf } from './release-finding.ts'
import { readApprovals } from './release-records.ts'
import { AUTOMATIC, type ReleaseServices } from './release-services.ts'
import { stepRulesOf } from './step-rules.ts'
import { addCounts, armsOf, parseStepCounts } from './step-counts.ts'

/** Looks in a row in which the new version is not loaded here, before the release is given up. */
const MISSING_LOOKS_MAX = 20
/** The journal is read at most this often, in milliseconds, and for at most this part of the time. */
const ROWS_MS_MIN = 1_000
const ROWS_TIME_SHARE = 0.05

/** A step is looked at this many times, but no oftener and no rarer than this, in milliseconds: each look is written down. */
const LOOKS_PER_STEP = 200
const LOOK_MS_MIN = 400
const LOOK_MS_MAX = 5_000

/** What is known between two looks, and need not outlive the process. */
export interface ReleaseMemory {
  missingLooks: number
  step: number
  rows: EvidenceRows
  /** By the clock: what runs fast is looked at as often in the time of a step as what does not. */
  lookDueMs: number
  /** By the clock, too. */
  rowsDueMs: number
  rowsPauseMs: number
  /** The look by which it has lost, until that is recorded: meanwhile nobody is answered by it, whatever the record says. */
  lost: StepAnalysis | undefined
}

export const createReleaseMemory = (): ReleaseMemory => ({
  ...{ missingLooks: 0, step: -1, lookDueMs: 0, rowsDueMs: 0, rowsPauseMs: 0, lost: undefined },
  rows: { champion: [], challenger: [] },
})

export async function advanceRelease(release: ReleaseRecord, memory: ReleaseMemory, services: ReleaseServices): Promise<void> {
  const deployment = await services.deployments.find(release.deployment)
  const astray = explainAstray(release, deployment)
  if (astray !== undefined) return end(release, { outcome: 'aborted', by: { actor: AUTOMATIC, reason: astray } }, services)
  if (memory.lost !== undefined) return giveBack(release, memory.lost, services)
  if (release.state.kind === 'waiting-for-approval') return approve(release, services)
  if (release.state.kind !== 'running' && release.state.kind !== 'holding') return
  const position = release.state.step
  const step = release.steps[position]!
  const challenger = findChallenger(release, step, services)
  if (challenger === undefined) return missing(release, memory, services)
  memory.missingLooks = 0
  if (memory.step !== position) Object.assign(memory, createReleaseMemory(), { step: position })
  const pauseMs = Math.min(LOOK_MS_MAX, Math.max(LOOK_MS_MIN, stepRulesOf(release).durationMs / LOOKS_PER_STEP))
  if (isEarly(memory.lookDueMs, pauseMs, services)) return
  memory.lookDueMs = services.clock.now() + pauseMs
  const analysis = await look({ release, step, position, challenger }, memory, services)
  if (analysis === undefined) return
  if (analysis.verdict !== 'loss') return follow(release, position, analysis, services)
  memory.lost = analysis
  await giveBack(release, analysis, services)
}

/** Why there is nothing left to release into. */
function explainAstray({ champion }: ReleaseRecord, deployment: DeploymentRecord | undefined): string | undefined {
  if (deployment?.state !== 'live') return 'the deployment was taken down'
  const now = deployment.variants.find(({ name }) => name === 'champion')?.version
  return now === champion ? undefined : `the champion is version ${now} now, and no longer ${champion}`
}

async function approve(release: ReleaseRecord, services: ReleaseServices): Promise<void> {
  const approvers = (await readApprovals(services.db.kysely, release.id)).filter(({ actor }) => actor !== release.createdBy)
  if (approvers.length < release.approvalsNeeded) return
  const reason = approvers.length === 0 ? undefined : `approved by ${approvers.map(({ actor }) => actor).join(', ')}`
  await enterStep(release, 0, { outcome: 'time', by: { actor: AUTOMATIC, reason } }, services)
  await services.traffic.reload(release.deployment)
}

const findChallenger = ({ deployment, version }: ReleaseRecord, { kind }: ReleaseStep, { traffic }: ReleaseServices) =>
  traffic
    .find(deployment)
    ?.variants.find(
      ({ name, role, predictor }) =>
        name === 'challenger' && (role === 'shadow') === (kind === 'shadow') && predictor.version.version === version,
    )

/** After a start, and after each step, it is being loaded; if that never succeeds, the champion has to do. */
async function missing(release: ReleaseRecord, memory: ReleaseMemory, services: ReleaseServices): Promise<void> {
  memory.missingLooks += 1
  if (memory.missingLooks === 1) await services.traffic.reload(release.deployment)
  if (memory.missingLooks < MISSING_LOOKS_MAX) return
  await abort(release, `version ${release.version} cannot be loaded here`, 'aborted', services)
}

interface Looked {
  readonly release: ReleaseRecord
  readonly step: ReleaseStep
  readonly position: number
  readonly challenger: LiveVariant
}

/** Undefined when the step has ended meanwhile. */
async function look(
  { release, step, position, challenger }: Looked,
  memory: ReleaseMemory,
  services: ReleaseServices,
): Promise<StepAnalysis | undefined> {
  const { db, clock, traffic } = services
  const ofStep = db.kysely.selectFrom('release_step').selectAll().where('release_id', '=', release.id)
  const row = await ofStep.where('position', '=', position).executeTakeFirst()
  if (row === undefined || row.ended_at !== null) return undefined
  const which = { champion: release.champion, challenger: release.version, isShadow: step.kind === 'shadow' }
  const counts = addCounts(parseStepCounts(row.counts), traffic.counts(release.deployment), which)
  await readRows(memory, { deployment: release.deployment, ...which, from: row.started_at, to: clock.now() + 1 }, services)
  const before = row.analysis === null ? undefined : (JSON.parse(row.analysis) as StepAnalysis)
  const contract = parseContract(release.contractText)
  const analysis = analyseStep({
    ...{ at: clock.now(), isShadow: which.isShadow, arms: armsOf(counts), rows: memory.rows },
    output: judgedOutput(challenger.predictor.version.signature, contract),
    slowMs: before?.measures.find(({ measure }) => measure === 'latency')?.slowMs,
    latencyMsMax: latencyBoundOf(contract.sufficient.latency),
  })
  const saved = await db.kysely
    .updateTable('release_step')
    .set({ analysis: JSON.stringify(analysis), counts: JSON.stringify(counts) })
    .where('release_id', '=', release.id)
    .where('position', '=', position)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return saved.numUpdatedRows === 0n ? undefined : analysis
}

/** Reads what both predicted, when that is due. What cannot be read now holds up no guard: the rows before go on counting. */
async function readRows(memory: ReleaseMemory, query: EvidenceQuery, services: ReleaseServices): Promise<void> {
  const { evidence, log, clock } = services
  if (isEarly(memory.rowsDueMs, memory.rowsPauseMs, services)) return
  const startMs = performance.now()
  try {
    memory.rows = await evidence.rows(query)
  } catch (cause) {
    log.error('the journal of a release cannot be read', { deployment: query.deployment, error: String(cause) })
  }
  memory.rowsPauseMs = Math.max(ROWS_MS_MIN, (performance.now() - startMs) / ROWS_TIME_SHARE)
  memory.rowsDueMs = clock.now() + memory.rowsPauseMs
}

/** A clock that was put back holds up nothing for longer than the pause. */
const isEarly = (dueMs: number, pauseMs: number, { clock }: ReleaseServices): boolean => {
  const waitMs = dueMs - clock.now()
  return waitMs > 0 && waitMs <= pauseMs
}

/** The widest bound that the contract sets: an answer beyond it is slow by any of them. */
function latencyBoundOf(latency: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const bounds = Object.values(latency ?? {}).flatMap((bound) =>
    typeof bound === 'object' && bound !== null && 'max' in bound && typeof bound.max === 'number' ? [bound.max] : [],
  )
  return bounds.length === 0 ? undefined : Math.max(...bounds)
}

async function follow(
  release: ReleaseRecord,
  position: number,
  analysis: StepAnalysis,
  services: ReleaseServices,
): Promise<void> {
  const { db, clock } = services
  if (release.state.kind === 'holding') return
  const ofStep = db.kysely.selectFrom('release_step').selectAll().where('release_id', '=', release.id)
  const step = await ofStep.where('position', '=', position).executeTakeFirstOrThrow()
  const unlike = analysis.measures.find(({ verdict }) => verdict === 'unlike')
  if (unlike !== undefined && step.shift_accepted_by === null)
    return holdRelease(release, { actor: AUTOMATIC, reason: `${unlike.sentence}; somebody should look` }, services)
  const { durationMs, requestsMin } = stepRulesOf(release)
  const isOver = clock.now() - step.counted_from >= durationMs
  const isSeen = analysis.challengerRequests >= requestsMin
  if (analysis.verdict !== 'win' && !(isOver && isSeen)) return
  const outcome = analysis.verdict === 'win' ? 'win' : 'time'
  await enterStep(release, position + 1, { outcome, by: { actor: AUTOMATIC, reason: analysis.sentence } }, services)
  await services.traffic.reload(release.deployment)
}

async function giveBack(release: ReleaseRecord, analysis: StepAnalysis, services: ReleaseServices): Promise<void> {
  await abort(release, analysis.sentence, 'loss', services)
  await tell(release, analysis, services)
}

/** Ends it: the champion answers all from now on, then that is recorded. Throws ReleaseStateUnfit. */
export async function abort(
  release: ReleaseRecord,
  reason: string,
  outcome: StepOutcome,
  services: ReleaseServices,
  actor = AUTOMATIC,
): Promise<void> {
  services.traffic.switchTo(release.deployment, release.champion)
  await end(release, { outcome, by: { actor, reason } }, services)
}

/** Records the end, and brings traffic to what the record says; also when somebody else has ended it before. */
async function end(release: ReleaseRecord, how: StepEnd, services: ReleaseServices): Promise<void> {
  const { deployment } = release
  try {
    await abortRelease(release, how, services)
  } catch (cause) {
    if (cause instanceof ReleaseStateUnfit) await services.traffic.reload(deployment)
    throw cause
  }
  await services.traffic.reload(deployment)
  services.log.warn('a release was aborted', { release: release.id, deployment, reason: how.by.reason })
}

async function tell(release: ReleaseRecord, analysis: StepAnalysis, services: ReleaseServices): Promise<void> {
  const finding = findingOf(release, analysis)
  await services
    .raise(finding)
    .catch((cause: unknown) => services.log.error('an aborted release could not be told', { error: String(cause) }))
}
