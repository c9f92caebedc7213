/**
 * Why a prediction came out as it did, and which inputs a version goes by, on demand. The version is loaded for it beside those
 * that serve, the instance passes the validation that requests pass, and what is explained is what the model was given: a value
 * that the contract replaced counts as what it was replaced by. One at a time, because people wait for explanations and programs
 * for predictions.
 */
import path from 'node:path'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { Instance } from '../../../kernel/table.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import type { SqlEngine } from '../../../platform/sql/sql-engine.ts'
import { openDataFile } from '../../../platform/tables/open-data-file.ts'
import {
  createExplainedRows,
  createRowExplainer,
  type Explanation,
  findNumberOutput,
  type Importance,
  loadModel,
  measureImportance,
  type ModelRegistry,
  type ModelSession,
  type OpenedPackage,
  readTreeModel,
  sampleInstances,
  type SessionOptions,
  writeDataRow,
} from '../../model/index.ts'
import { InstancesInvalid } from '../realtime/errors.ts'
import { createInputPolicies, parseInputRules } from '../realtime/input-policy.ts'
import { createRequestValidator } from '../realtime/request-validator.ts'
import { createValidationReport, type InputFlag } from '../realtime/validation-report.ts'
import { ExplanationsBusy } from './errors.ts'

const WAITING_MAX = 20
/** Rows whose explanations make an importance, and the time after which those that are there must do. */
const IMPORTANCE_ROWS = 200
const IMPORTANCE_MS_MAX = 20_000
/** Any does; a fixed one gives the same rows each time. */
const SEED = 1_953

export interface ExplainerOptions {
  readonly registry: Pick<ModelRegistry, 'openVersion' | 'findSnapshot'>
  readonly blobs: Pick<BlobStore, 'materialise'>
  readonly sqlEngine: SqlEngine
  readonly session: SessionOptions
  readonly tempFolder: string
}

interface OfVersion {
  readonly model: string
  readonly version: number
  /** Column of the outputs as a scorer names them. Default: the first number; of several classes the likeliest. */
  readonly output?: string | undefined
  /** `sum`: of the trees behind a probability, where it is a sum that can be shared out exactly. `output`: the number itself. */
  readonly of?: 'sum' | 'output' | undefined
  readonly signal?: AbortSignal | undefined
}
export interface ExplainRequest extends OfVersion {
  readonly deployment: string
  /** The contract: what it says about inputs. */
  readonly contractText: string
  readonly instance: unknown
}
export interface ExplainedPrediction extends Explanation {
  /** What the model says, in the unit of the output. */
  readonly said: number
  /** About the instance, as the prediction carries them. */
  readonly flags: readonly InputFlag[]
}
export interface ExplainedVersion extends Importance {
  /** Where the rows are from. */
  readonly origin: string
}

export interface Explainer {
  /** Throws InstancesInvalid, ExplanationImpossible, ExplanationsBusy, and what opening and loading the version throw. */
  explain(request: ExplainRequest): Promise<ExplainedPrediction>
  importance(request: OfVersion): Promise<ExplainedVersion>
}

export function createExplainer(options: ExplainerOptions): Explainer {
  const inTurn = createTurns()
  return Object.freeze<Explainer>({
    explain: (request) => inTurn(() => withLoaded(request, options, (opened, session) => explain(request, opened, session))),
    importance: (request) =>
      inTurn(() => withLoaded(request, options, (opened, session) => weigh(request, opened, session, options))),
  })
}

/** One piece of work after the other. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= WAITING_MAX) return Promise.reject(new ExplanationsBusy({ waiting }))
    waiting += 1
    const turn = last.then(work, work).finally(() => void (waiting -= 1))
    last = turn.catch(() => {})
    return turn
  }
}

async function withLoaded<T>(
  { model, version, signal }: OfVersion,
  { registry, session: options }: ExplainerOptions,
  use: (opened: OpenedPackage, session: ModelSession) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const opened = await registry.openVersion(model, version)
  const { digest, signature, modelFile, sample } = opened
  const session = await loadModel({ model, version, digest, signature, modelFile, sample }, options)
  try {
    return await use(opened, session)
  } finally {
    await session.close()
  }
}

async function explain(
  request: ExplainRequest,
  { sample, modelFile }: OpenedPackage,
  session: ModelSession,
): Promise<ExplainedPrediction> {
  const { tensors, rows, background } = createExplainedRows(session, sample, 1)
  const report = createValidationReport()
  const policies = createInputPolicies(await parseInputRules(request.contractText))
  createRequestValidator(session.signature, session.layout, policies).write([request.instance], 0, 1, tensors, 0, report)
  const { problems, problemCount, flags } = report
  if (problemCount > 0) throw new InstancesInvalid({ deployment: request.deployment, problems, problemCount })
  const output = request.output ?? (await findNumberOutput(session, tensors))
  const treeModel = await readTreeModel(modelFile)
  const explainer = await createRowExplainer({ session, treeModel, tensors, rows, output, of: request.of })
  const explanation = await explainer.explain(0, background, request.signal)
  return { ...explanation, said: explainer.said[0]!, flags: flags?.get(0) ?? [] }
}

async function weigh(
  request: OfVersion,
  { sample, modelFile, signature }: OpenedPackage,
  session: ModelSession,
  options: ExplainerOptions,
): Promise<ExplainedVersion> {
  const columns = signature.inputs.map(({ name }) => name)
  const pinned = await evaluationRows(request.model, columns, options)
  const instances = pinned ?? sample
  const { tensors, rows, explained, background } = createExplainedRows(session, sample, instances.length)
  instances.forEach((instance, row) => writeDataRow(session, tensors, row, instance))
  const output = request.output ?? (await findNumberOutput(session, tensors))
  const treeModel = await readTreeModel(modelFile)
  const explainer = await createRowExplainer({ session, treeModel, tensors, rows, output, of: request.of })
  const { signal } = request
  const importance = await measureImportance(explainer, {
    rows: explained,
    background,
    msMax: IMPORTANCE_MS_MAX,
    ...(signal && { signal }),
  })
  return { ...importance, origin: pinned === undefined ? 'sample of the package' : 'evaluation snapshot' }
}

/** Rows drawn from the evaluation snapshot of the model; undefined without one, or when it lacks an input. */
async function evaluationRows(
  model: string,
  columns: readonly string[],
  { registry, blobs, sqlEngine, tempFolder }: ExplainerOptions,
): Promise<readonly Instance[] | undefined> {
  const snapshot = await registry.findSnapshot(model, 'evaluation')
  if (snapshot === undefined) return undefined
  await mkdir(tempFolder, { recursive: true })
  const folder = await mkdtemp(path.join(tempFolder, 'importance-'))
  try {
    const place = { path: path.join(folder, 'evaluation'), name: snapshot.source }
    await blobs.materialise(snapshot.digest, place.path)
    const file = await openDataFile(sqlEngine, place)
    try {
      const known = new Set(file.columns.map(({ name }) => name))
      return columns.every((name) => known.has(name)) ? await sampleInstances(file, columns, IMPORTANCE_ROWS, SEED) : undefined
    } finally {
      file.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
