/**
 * Training as durable work: a snapshot and a contract go in, a version comes out, and a run tells how. The run has the id of
 * the job. When the program stops or dies, the job comes back and the same run goes on with a new attempt: what the old one
 * left running is ended, its files are removed, and the training begins anew, because a half-trained model is no model. An
 * attempt that died after its version was made does not make a second one.
 */
import { TrainRequest } from '@seaworthy/api/model'
import { z } from 'zod'
import type { Contract } from '../../../contract/contract.ts'
import { parseContract } from '../../../contract/parse-contract.ts'
import { isFinal } from '../../../kernel/errors.ts'
import { defineJob, type JobContext } from '../../../kernel/job.ts'
import type { Log } from '../../../kernel/log.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import { splitCommand } from '../training/command-words.ts'
import { TrainCommandMissing } from '../training/errors.ts'
import { createProgressRelay } from '../training/progress-relay.ts'
import { openAttempt, removeAttempt } from '../training/run-folders.ts'
import type { RunKeeper } from '../training/run-repository.ts'
import type { RunRecord } from '../training/run.ts'
import { checkFolder, type Trained, trainOnce, type TrainingLimits } from '../training/train-attempt.ts'
import type { LiveLogs } from '../training/live-logs.ts'
import { createTrainingLog, type TrainingLog } from '../training/training-log.ts'
import { ModelNotFound } from './errors.ts'
import { type PushServices, pushVersion } from './push-version.ts'
import type { ModelRegistry } from './registry.ts'

export interface TrainServices extends PushServices {
  readonly registry: ModelRegistry
  readonly runs: RunKeeper
  readonly blobs: BlobStore
  /** Folder for what is only of use while it is worked on. */
  readonly workFolder: string
  /** Environment of this program, of which a training inherits what is no secret. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly trainingLimits: TrainingLimits
  /** Where others read what a training prints while it runs. */
  readonly liveLogs?: LiveLogs
  readonly log: Log
}

const Input = TrainRequest.extend({
  model: z.string().min(1).max(63),
  actor: z.string().min(1).max(200),
  reason: z.string().max(2_000).optional(),
})
type Input = z.infer<typeof Input>

/** A training by some job: its own, or one of which it is a part. */
export interface Training extends Pick<JobContext<unknown, unknown>, 'signal'> {
  /** Of the run. Asking again with the same one goes on with it. */
  readonly id: string
  /** The job that does it. Default: the one with the id of the run. */
  readonly jobId?: string
  readonly input: Input & {
    /** What a warm training goes on from. Default: the newest version. */
    readonly parentVersion?: number
  }
  progress(at: { done: number; total: number; note?: string }): Promise<void>
}

interface Work extends Omit<Training, 'jobId'> {
  readonly jobId: string | undefined
  readonly contract: Contract
  readonly command: string
  readonly words: readonly string[]
  readonly by: Authorship
  readonly log: TrainingLog
}

export const trainJob = defineJob<TrainServices>()({
  kind: 'model.train',
  input: Input,
  checkpoint: z.null(),
  attemptsMax: 3,
  run: ({ jobId, input, signal, progress }, services) => trainVersion({ id: jobId, input, signal, progress }, services),
})

/**
 * Runs the contract's command and makes a version of what it gives. Throws what the contract, the command, its folder and its
 * result are refused for, and the signal's reason; the run tells of it, too.
 */
export async function trainVersion({ id, jobId, input, signal, progress }: Training, services: TrainServices) {
  const contract = parseContract(input.contract)
  const command = contract.maintenance.train?.command
  if (command === undefined) throw new TrainCommandMissing({ contract: contract.name })
  const words = splitCommand(command)
  await checkFolder(input.folder)
  const by = { actor: input.actor, reason: input.reason }
  const log = createTrainingLog()
  services.liveLogs?.add(id, log)
  try {
    return await carryOut({ id, jobId, input, contract, command, words, by, signal, log, progress }, services)
  } finally {
    services.liveLogs?.remove(id, log)
  }
}

async function carryOut(work: Work, services: TrainServices) {
  const { id, jobId, input, command, by } = work
  const { runs } = services
  await runs.closeAbandoned()
  const made = await findMade(input.model, id, services.registry)
  const earlier = await runs.find(id)
  if (made !== undefined && earlier?.state === 'succeeded') return made
  const parentVersion = earlier === undefined ? await findParent(input, services.registry) : earlier.parentVersion
  const { model, seed } = input
  const run = await runs.begin({ id, jobId, model, command, seed, snapshotDigest: input.data.digest, parentVersion }, by)
  try {
    if (made !== undefined) return await finishMade(made, work, services)
    return await trainAndPush(run, earlier !== undefined, work, services)
  } catch (error) {
    await recordFailure(error, work, services).catch((cause: unknown) =>
      services.log.error('the end of a run could not be recorded', { run: id, error: String(cause) }),
    )
    throw error
  }
}

async function trainAndPush(run: RunRecord, isAgain: boolean, work: Work, services: TrainServices) {
  const { id, input, by, log, signal } = work
  const { folder: attempt, left } = await openAttempt(services.workFolder, id)
  if (isAgain) note(log, `the program stopped during an earlier attempt; ${left} of its processes were ended; beginning anew`)
  const isScratch = input.warm && run.parentVersion === undefined
  if (isScratch) note(log, 'there is no version to start from; training from scratch')
  try {
    const trained = await train(run, attempt, work, services)
    await work.progress({ done: 0, total: 0, note: 'making the version' })
    const pushed = await pushVersion(requestOf(run, trained, work), services, { signal, progress: work.progress })
    const { parameters, metrics, environment } = trained
    const logDigest = await keepLog(log, services)
    await services.runs.succeed(id, pushed.version, { parameters, metrics, environment, logDigest }, by)
    const warnings = isScratch
      ? [...pushed.warnings, 'There was no version to start from; it was trained from scratch.']
      : pushed.warnings
    return { ...pushed, warnings, run: id }
  } finally {
    await removeAttempt(attempt)
  }
}

async function train(run: RunRecord, attempt: string, work: Work, services: TrainServices): Promise<Trained> {
  const { input, log, signal } = work
  const parent = run.parentVersion
  const previous = parent === undefined ? undefined : (await services.registry.openVersion(input.model, parent)).folder
  await work.progress({ done: 0, total: 0, note: 'training' })
  const relay = createProgressRelay(work.progress)
  try {
    return await trainOnce({
      ...work,
      folder: input.folder,
      data: input.data,
      seed: run.seed,
      previous,
      attempt,
      blobs: services.blobs,
      inherited: services.environment,
      limits: services.trainingLimits,
      log,
      signal,
      onProgress: relay.push,
    })
  } finally {
    await relay.end()
  }
}

const requestOf = (
  run: RunRecord,
  { modelFile, metrics, parameters, environment, commit }: Trained,
  { input, contract, by }: Work,
) => ({
  model: input.model,
  modelFile,
  data: input.data,
  evaluation: input.evaluation,
  outcome: contract.outcome?.name,
  contractText: input.contract,
  environment,
  commit,
  run: { runId: run.id, parameters, metrics, seed: run.seed, parentVersion: run.parentVersion },
  ...by,
})

/** A program that stops or fails by a bug gets its job back, and a job that was taken over is another's to tell of. */
async function recordFailure(error: unknown, { id, by, log, signal }: Work, services: TrainServices): Promise<void> {
  const { runs } = services
  if (signal.reason === 'lease lost') return
  if (signal.aborted ? signal.reason === 'stopping' : !isFinal(error)) return void (await runs.interrupt(id))
  const logDigest = await keepLog(log, services)
  if (signal.aborted) await runs.cancel(id, { logDigest }, by)
  else if (isFinal(error)) await runs.fail(id, { code: error.code, message: error.message }, { logDigest }, by)
}

/** What was printed, if anything was. A run without its log is better than no run. */
async function keepLog(log: TrainingLog, services: TrainServices): Promise<string | undefined> {
  try {
    const bytes = log.bytes()
    return bytes.byteLength === 0 ? undefined : (await services.blobs.put(bytes)).digest
  } catch (error) {
    services.log.warn('the log of a training could not be kept', { error: String(error) })
    return undefined
  }
}

const note = (log: TrainingLog, text: string) => log.append(Buffer.from(`[${text}]\n`))

/** What a warm training goes on from: the version that it names, else the newest. */
async function findParent({ model, warm, parentVersion }: Work['input'], registry: ModelRegistry): Promise<number | undefined> {
  if (!warm || parentVersion !== undefined) return warm ? parentVersion : undefined
  const { items } = await registry.listVersions(model, { limit: 1 }).catch(leaveNoModel)
  return items[0]?.version
}

/** So many versions are looked through for the one that an attempt made before it died; others may have come since. */
const VERSIONS_LOOKED_THROUGH = 100

async function findMade(model: string, run: string, registry: ModelRegistry) {
  const { items } = await registry.listVersions(model, { limit: VERSIONS_LOOKED_THROUGH }).catch(leaveNoModel)
  const found = items.find(({ runId }) => runId === run)
  if (found === undefined) return undefined
  const { version, digest, signature } = await registry.getVersionDetail(model, found.version)
  return { model, version, digest, created: true, signature, warnings: [], run }
}

async function finishMade(made: NonNullable<Awaited<ReturnType<typeof findMade>>>, { id, by }: Work, services: TrainServices) {
  const { metrics, environment, lineage } = await services.registry.getVersionDetail(made.model, made.version)
  await services.runs.succeed(id, made.version, { metrics, environment, parameters: lineage.parameters ?? {} }, by)
  return made
}

function leaveNoModel(error: unknown): { items: readonly never[] } {
  if (error instanceof ModelNotFound) return { items: [] }
  throw error
}
