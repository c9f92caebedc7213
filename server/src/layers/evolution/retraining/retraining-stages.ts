/**
 * What is done at each stage of a retraining. A stage begins from the record alone, ends with one change of it, and may be
 * begun anew after a crash: snapshots come out the same, a run goes on under its id, a comparison and a check are made again,
 * and a release that was begun is found.
 */
import { type Contract, contractDigest } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { isFinal } from '../../../kernel/errors.ts'
import { type TrainServices, trainVersion } from '../../model/index.ts'
import { type CheckServices, runCheck } from '../check/run-check.ts'
import { shortcomingsOf } from '../check/check-text.ts'
import { type ComparisonRows, compareVersions } from '../comparison/compare-versions.ts'
import { COMPARED_ROWS_MAX, type ComparisonRowsServices, evaluationRows, snapshotRows } from '../comparison/comparison-rows.ts'
import type { ComparisonReport } from '../comparison/comparison-report.ts'
import { count } from '../gates/verdict.ts'
import { RetrainingImpossible } from './errors.ts'
import {
  type Challenger,
  type ChallengerKind,
  type RetrainingFindings,
  type RetrainingKeeper,
  type RetrainingRecord,
  type RetrainingState,
  runIdOf,
} from './retraining.ts'
import type { ReleaseStarter } from './release-starter.ts'
import { retrainingSpans, type TimeSpan } from './retraining-spans.ts'
import { makeSnapshot } from './snapshot.ts'
import { snapshotColumns } from './snapshot-columns.ts'

export interface RetrainServices extends Omit<TrainServices, 'registry'>, CheckServices, ComparisonRowsServices {
  readonly retrainings: RetrainingKeeper
  readonly releases: ReleaseStarter
}
export interface StageWatch {
  readonly jobId: string
  readonly signal: AbortSignal
  note(text: string): Promise<void>
}
type Stage = (record: RetrainingRecord, services: RetrainServices, watch: StageWatch) => Promise<RetrainingRecord>

/** Fewer rows than this teach nothing, and a training is not begun. */
const TRAINING_ROWS_MIN = 100
const SEED = 1
export const ACTOR = 'seaworthy'

export const stages: Readonly<Partial<Record<RetrainingState, Stage>>> = {
  waiting: (record, { retrainings }) => retrainings.advance(record.id, 'waiting', 'snapshot', {}),
  snapshot: takeSnapshots,
  'training-warm': (record, services, watch) => trainChallenger('warm', 'training-scratch', record, services, watch),
  'training-scratch': (record, services, watch) => trainChallenger('scratch', 'comparing', record, services, watch),
  comparing: compareAll,
  checking: checkWinner,
  releasing: releaseWinner,
}

async function takeSnapshots(record: RetrainingRecord, services: RetrainServices, watch: StageWatch): Promise<RetrainingRecord> {
  const { id, deployment, model, champion, asOf } = record
  const contract = parseContract(record.contractText)
  const { signature } = await services.registry.getVersionDetail(model, champion)
  const inputs = snapshotColumns(signature, contract)
  const impossible = (path: string, reason: string) => new RetrainingImpossible({ deployment, path, reason })
  if ('tensor' in inputs)
    throw impossible('', `the input "${inputs.tensor}" is a tensor, and snapshots of the journal are tables`)
  const outcome = contract.outcome?.name
  if (outcome === undefined) throw impossible('outcome', 'without outcomes there is nothing to learn from')
  if (inputs.some(({ name }) => name.toLowerCase() === outcome.toLowerCase()))
    throw impossible('outcome.name', `"${outcome}" is an input, too`)
  const spans = retrainingSpans(contract, asOf)
  await watch.note('taking the rows out of the journal')
  const take = (span: TimeSpan, more = {}) =>
    makeSnapshot({ deployment, ...span, asOf, inputs, outcome, ...more }, services, watch.signal)
  const training = await take(spans.training)
  const heldBack = spans.heldBack === undefined ? {} : { heldBack: await take(spans.heldBack, { rowsMax: COMPARED_ROWS_MAX }) }
  const found = { training, ...heldBack }
  const { rows, predictions } = training.counts
  if (rows >= TRAINING_ROWS_MIN) return services.retrainings.advance(id, 'snapshot', 'training-warm', found)
  const reason = `${count(rows)} of ${count(predictions)} predictions in ${contract.maintenance.train!.data} have an outcome and whole inputs; a training needs ${TRAINING_ROWS_MIN}.`
  return services.retrainings.advance(id, 'snapshot', 'done', { ...found, decision: 'not-enough-data', explanation: [reason] })
}

async function trainChallenger(
  kind: ChallengerKind,
  next: RetrainingState,
  record: RetrainingRecord,
  services: RetrainServices,
  watch: StageWatch,
): Promise<RetrainingRecord> {
  const challenger = await challengerOf(kind, record, services, watch)
  return services.retrainings.advance(record.id, `training-${kind}`, next, { [kind]: challenger })
}

/** A training that fails leaves the other one its chance. */
async function challengerOf(
  kind: ChallengerKind,
  record: RetrainingRecord,
  services: RetrainServices,
  { jobId, signal, note }: StageWatch,
): Promise<Challenger> {
  const run = runIdOf(record.id, kind)
  const ended = await services.runs.find(run)
  if (ended?.state === 'failed') return { run, ...(ended.failure === undefined ? {} : { failure: ended.failure }) }
  const said = kind === 'warm' ? `training on from version ${record.champion}` : 'training from scratch'
  try {
    const { version } = await trainVersion(
      {
        id: run,
        jobId,
        input: {
          model: record.model,
          data: { digest: record.training!.data!.digest, name: `${record.deployment}-retraining.parquet` },
          contract: record.contractText,
          folder: record.folder,
          seed: SEED,
          warm: kind === 'warm',
          actor: ACTOR,
          reason: `retraining ${record.id}: ${record.reason}`.slice(0, 2_000),
          ...(kind === 'warm' ? { parentVersion: record.champion } : {}),
        },
        signal,
        progress: ({ note: more }) => note(more === undefined ? said : `${said}: ${more}`),
      },
      services,
    )
    return { run, version }
  } catch (error) {
    if (signal.aborted || !isFinal(error)) throw error
    return { run, failure: { code: error.code, message: error.message } }
  }
}

async function compareAll(record: RetrainingRecord, services: RetrainServices, watch: StageWatch): Promise<RetrainingRecord> {
  const { id, model, champion } = record
  const contract = parseContract(record.contractText)
  const { challengers, notes } = await challengersOf(record, services)
  const end = (findings: RetrainingFindings) => services.retrainings.advance(id, 'comparing', 'done', findings)
  if (challengers.length === 0) {
    const failure = record.scratch?.failure ??
      record.warm?.failure ?? { code: 'RETRAINING_FAILED', message: 'No training gave a version.' }
    return services.retrainings.advance(id, 'comparing', 'failed', { failure, explanation: notes })
  }
  const details = await Promise.all(
    [champion, ...challengers.map(({ version }) => version)].map((version) => services.registry.getVersionDetail(model, version)),
  )
  await watch.note('reading the rows that decide')
  const recent = record.heldBack && (await snapshotRows(record.heldBack, services, watch.signal))
  const isPinnedDeciding = record.heldBack === undefined
  const pinned = () => evaluationRows(details, services, watch.signal)
  const decidingRows = isPinnedDeciding ? await pinned() : recent
  if (decidingRows === undefined) {
    const where = isPinnedDeciding ? 'No evaluation snapshot is pinned' : 'No row that was kept back has an outcome'
    return end({ decision: 'not-enough-data', explanation: [`${where}, so nothing can be compared.`, ...notes] })
  }
  const compare = (rows: ComparisonRows) => compareVersions({ model, champion, challengers, contract, rows }, services, watch)
  const deciding = await compare(decidingRows)
  const beside = isPinnedDeciding ? undefined : await tryCompare(pinned, compare)
  const comparison = { deciding, ...(beside?.report === undefined ? {} : { evaluation: beside.report }) }
  const explanation = [...explanationOf(deciding), ...notes, ...besideText(beside)]
  const { verdict, winner } = deciding.decision
  if (winner === undefined) return end({ comparison, decision: verdict === 'keep' ? 'kept' : 'not-enough-data', explanation })
  return services.retrainings.advance(id, 'comparing', 'checking', { comparison, winner, explanation })
}

/**
 * Those that were trained. When both trainings gave the same file, the command does not go on from an earlier version, and one
 * comparison is enough: two would only cost confidence.
 */
async function challengersOf({ model, warm, scratch }: RetrainingRecord, { registry }: RetrainServices) {
  const notes: string[] = []
  const made = [
    { label: 'warm', challenger: warm },
    { label: 'scratch', challenger: scratch },
  ].flatMap(({ label, challenger }) => {
    if (challenger?.failure !== undefined) notes.push(`The ${label} training failed: ${challenger.failure.message}`)
    return challenger?.version === undefined ? [] : [{ label, version: challenger.version }]
  })
  const [first, second] = made
  if (first === undefined || second === undefined) return { challengers: made, notes }
  const [one, other] = await Promise.all([first, second].map(({ version }) => modelDigest(registry, model, version)))
  if (one !== other && first.version !== second.version) return { challengers: made, notes }
  notes.push('The warm training gave the same model as the one from scratch: the command does not go on from an earlier version.')
  return { challengers: [second], notes }
}

async function modelDigest(registry: RetrainServices['registry'], model: string, version: number): Promise<string> {
  const { files } = await registry.getVersionDetail(model, version)
  return files.flatMap(({ path, sha256 }) => (path.startsWith('model/') ? [`${path} ${sha256}`] : [])).join('\n')
}

const explanationOf = ({ decision }: ComparisonReport): string[] => [
  decision.summary,
  ...decision.challengers.flatMap(({ reasons }) => reasons),
]

interface Beside {
  readonly report?: ComparisonReport
  readonly problem?: string
}

/** The evaluation snapshot is looked at, too; when it cannot be, that stops nothing. */
async function tryCompare(
  pinned: () => Promise<ComparisonRows | undefined>,
  compare: (rows: ComparisonRows) => Promise<ComparisonReport>,
): Promise<Beside | undefined> {
  try {
    const rows = await pinned()
    return rows && { report: await compare(rows) }
  } catch (error) {
    if (isFinal(error)) return { problem: error.message }
    throw error
  }
}

function besideText(beside: Beside | undefined): string[] {
  if (beside === undefined) return []
  if (beside.report === undefined) return [`On the evaluation snapshot they could not be compared: ${beside.problem}`]
  return [`On the evaluation snapshot, which does not decide: ${beside.report.decision.summary}`]
}

/** By the rows that decided: the evaluation snapshot may be of a world that is no more. */
async function checkWinner(record: RetrainingRecord, services: RetrainServices, watch: StageWatch): Promise<RetrainingRecord> {
  const { id, model, contractText, heldBack, explanation = [] } = record
  const winner = record.winner!
  const name = `${model}@${winner}`
  const evaluation = heldBack?.data && { digest: heldBack.data.digest, name: 'kept-back.parquet', once: true }
  const check = await runCheck({ model, version: winner, contractText, evaluation, actor: ACTOR }, services, {
    signal: watch.signal,
    progress: ({ note }) => watch.note(`checking ${name}: ${note}`),
  })
  const found = { checkId: check.id }
  if (check.verdict !== 'pass') {
    const { report } = await services.checks.get(check.id)
    const decision = check.verdict === 'fail' ? 'kept' : 'not-enough-data'
    const refused = `${name} is better, but its check did not pass (${shortcomingsOf(report)}).`
    return services.retrainings.advance(id, 'checking', 'done', { ...found, decision, explanation: [refused, ...explanation] })
  }
  const reason = `retraining ${id}: ${explanation[0] ?? record.reason}`.slice(0, 2_000)
  await services.registry.setAlias({ model, alias: 'challenger', version: winner, actor: ACTOR, reason })
  if (isReleased(parseContract(contractText))) return services.retrainings.advance(id, 'checking', 'releasing', found)
  const left = `${name} passed its check. The contract has no maintenance.release, so its launch is left to people.`
  return services.retrainings.advance(id, 'checking', 'done', {
    ...found,
    decision: 'recommended',
    explanation: [left, ...explanation],
  })
}

const isReleased = ({ maintenance }: Contract): boolean => maintenance.release !== undefined

async function releaseWinner(record: RetrainingRecord, services: RetrainServices): Promise<RetrainingRecord> {
  const { id, deployment, model, contractText, explanation = [] } = record
  const live = await services.deployments.get(deployment)
  const end = (findings: RetrainingFindings) => services.retrainings.advance(id, 'releasing', 'done', findings)
  const moved = movedOn(record, live)
  if (moved !== undefined) return end({ decision: 'recommended', explanation: [moved, ...explanation] })
  const reason = `retraining ${id}: ${record.reason}`.slice(0, 2_000)
  try {
    const started = await services.releases.start({
      deployment,
      model,
      version: record.winner!,
      contractText,
      since: record.createdAt,
      actor: ACTOR,
      reason,
    })
    const releaseId = started.id === undefined ? {} : { releaseId: started.id }
    return await end({ ...releaseId, decision: 'promoted', explanation: [started.words, ...explanation] })
  } catch (error) {
    if (!isFinal(error)) throw error
    const refused = `${model}@${record.winner} is better and passed its check, but its release could not begin: ${error.message}`
    return end({ decision: 'recommended', explanation: [refused, ...explanation] })
  }
}

/** Somebody changed the deployment meanwhile, so what was compared is not what serves. */
function movedOn(
  { deployment, model, winner, champion, contractDigest: digest }: RetrainingRecord,
  live: Awaited<ReturnType<RetrainServices['deployments']['get']>>,
): string | undefined {
  const serving = live.variants.find(({ name }) => name === 'champion')?.version
  const left = `${model}@${winner} is better than version ${champion}, but its release is left to people:`
  if (live.state !== 'live') return `${left} "${deployment}" was stopped meanwhile.`
  if (serving !== champion && serving !== winner) return `${left} version ${serving} serves by now.`
  const contractNow = contractDigest(parseContract(live.contractText))
  return contractNow === digest ? undefined : `${left} the contract of "${deployment}" has changed.`
}
