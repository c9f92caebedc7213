/**
 * A replay from the newest prediction of a window to the oldest, a page of the journal at a time. What is in memory is a page;
 * what has been found is in the checkpoint, or in a file that the checkpoint names by its length, so a job that was killed goes
 * on where its last page ended.
 */
import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { canonicalJson } from '../../../kernel/canonical-json.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import type { ModelRegistry } from '../../model/index.ts'
import type { JournaledPrediction, JournalReader } from '../../operations/index.ts'
import { SHADOW } from '../../serving/data-plane.ts'
import type { DeploymentRecord, DeploymentRepository } from '../../serving/index.ts'
import { machineFacts } from '../check/machine.ts'
import type { ServingSettings } from '../gates/contract.ts'
import type { AnswerOrRefusal } from './answer-again.ts'
import { type Answerers, createAnswerers } from './answerers.ts'
import { crossReport } from './cross-report.ts'
import { replayElsewhere } from './cross-replay.ts'
import { type DifferenceSpool, openSpool, removeSpool } from './difference-spool.ts'
import { versionsOf } from './exact-tally.ts'
import { replayExactly } from './exact-replay.ts'
import { type ContractHistory, createPastContracts, type PastContracts } from './past-contracts.ts'
import { EXAMPLES_MAX, exampleOf } from './replay-example.ts'
import { emptyState, type ReplayState } from './replay-state.ts'
import type { ReplayHead, ReplayReport, ReplayRequest, ReplayResult } from './replay.ts'

/** Rows of a page at the start; afterwards as many as hold PAGE_CHARACTERS of inputs and outputs. */
const PAGE_ROWS = 200
const PAGE_ROWS_MAX = 2_000
const PAGE_CHARACTERS = 8_000_000
/** Predictions asked in one turn of the event loop, which also answers live requests. */
const CHUNK_ROWS = 100

const EXACT_METHOD =
  'each prediction was asked again as a request of its own, by the code that serves, under the contract of its time; compared as the JSON text of the output; what differed was asked alone and in calls of 2 to 128 rows'
const CROSS_METHOD = 'each prediction was asked as a request of its own, by the code that serves, under the contract of its time'

export interface ReplayServices {
  readonly registry: ModelRegistry
  readonly deployments: Pick<DeploymentRepository, 'get' | 'listChampions'>
  readonly journalReader: Pick<JournalReader, 'window' | 'count'>
  readonly contractHistory: ContractHistory
  readonly blobs: BlobStore
  readonly serving: ServingSettings
  /** Where differences lie while a replay runs. */
  readonly tempFolder: string
}
export interface ReplayWatch {
  readonly jobId: string
  readonly resumeFrom: ReplayState | undefined
  readonly signal: AbortSignal
  progress(at: { done: number; total: number; note: string; checkpoint: ReplayState }): Promise<void>
}

interface Replay {
  readonly request: ReplayRequest
  readonly deployment: DeploymentRecord
  readonly contracts: PastContracts
  readonly answerers: Answerers
  readonly state: ReplayState
  readonly spool: DifferenceSpool | undefined
  readonly watch: ReplayWatch
}

/** Throws DeploymentNotFound, VersionNotFound, and what opening and loading versions throw. */
export async function runReplay(request: ReplayRequest, services: ReplayServices, watch: ReplayWatch): Promise<ReplayResult> {
  const { registry, serving, tempFolder, blobs } = services
  const deployment = await services.deployments.get(request.deployment)
  const { session, nestingMax } = serving
  const answerers = createAnswerers({ deployment: deployment.name, registry, session, nestingMax })
  let isPaused = false
  try {
    const contracts = await createPastContracts(deployment, services)
    const replay: Replay = { request, deployment, contracts, answerers, watch, ...(await openState(request, services, watch)) }
    await askAll(replay, services)
    const report =
      request.on === undefined
        ? exactReport(replay)
        : await crossReport({ ...replay, on: request.on, head: headOf(replay, CROSS_METHOD) })
    const { digest } = await blobs.put(Buffer.from(canonicalJson(report)))
    return { digest, kind: report.kind, predictions: report.predictions }
  } catch (error) {
    // Who takes the job up again needs the file.
    isPaused = watch.signal.aborted && watch.signal.reason !== 'cancelled'
    throw error
  } finally {
    await answerers.close()
    if (!isPaused) await removeSpool(tempFolder, watch.jobId)
  }
}

async function openState({ on }: ReplayRequest, { tempFolder }: ReplayServices, { jobId, resumeFrom }: ReplayWatch) {
  if (on === undefined) return { state: resumeFrom ?? emptyState(), spool: undefined }
  const kept = resumeFrom && (await openSpool(tempFolder, jobId, resumeFrom.spoolBytes))
  if (kept !== undefined) return { state: resumeFrom!, spool: kept }
  return { state: emptyState(), spool: (await openSpool(tempFolder, jobId, 0))! }
}

/** Goes through the window and leaves what it found in the state. */
async function askAll(replay: Replay, { journalReader }: ReplayServices): Promise<void> {
  const { request, state, watch } = replay
  const { deployment, from, to, limit } = request
  const total = Math.min(limit, await journalReader.count({ deployment, from, to }))
  let rows = PAGE_ROWS
  while (!state.isDone) {
    watch.signal.throwIfAborted()
    const upTo = state.oldest === undefined ? to : Math.min(to ?? Infinity, Math.floor(state.oldest) + 1)
    const query = {
      deployment,
      from,
      to: upTo,
      limit: Math.min(rows, limit - state.seen),
      cursor: state.cursor,
      order: 'newest',
    } as const
    const { items, next } = await journalReader.window(query)
    for (let at = 0; at < items.length; at += CHUNK_ROWS) {
      watch.signal.throwIfAborted()
      await askChunk(replay, items.slice(at, at + CHUNK_ROWS))
      await turn()
    }
    state.seen += items.length
    state.oldest = items.at(-1)?.time ?? state.oldest
    state.cursor = next
    state.isDone = next === undefined || state.seen >= limit
    rows = rowsFor(items)
    const note = `${state.predictions.toLocaleString('en-US')} predictions asked again`
    await watch.progress({ done: state.seen, total: Math.max(total, state.seen), note, checkpoint: structuredClone(state) })
  }
}

async function askChunk(
  { request, deployment, contracts, answerers, state, spool }: Replay,
  chunk: readonly JournaledPrediction[],
) {
  // What a version in the shadow said are copies: their originals are in the journal, too.
  const predictions = request.on === undefined ? chunk : chunk.filter(({ variant }) => variant !== SHADOW)
  if (predictions.length === 0) return
  if (spool === undefined) {
    const { answers, contractsAssumed } = await replayExactly(predictions, { answerers, contracts, tally: state.exact })
    state.contractsAssumed += contractsAssumed
    return noteAnswers(state, predictions, answers)
  }
  const on = { model: deployment.model, version: request.on! }
  const { answers, differences, contractsAssumed } = await replayElsewhere(predictions, on, { answerers, contracts })
  state.contractsAssumed += contractsAssumed
  state.newestVersion ??= differences[0]?.version
  state.spooled += differences.length
  state.spoolBytes = await spool.append(differences)
  for (const [i, answer] of answers.entries())
    if (answer.refusal !== undefined && state.refusals.length < EXAMPLES_MAX)
      state.refusals.push({ ...exampleOf(predictions[i]!, answer) })
  noteAnswers(state, predictions, answers)
}

function noteAnswers(state: ReplayState, predictions: readonly JournaledPrediction[], answers: readonly AnswerOrRefusal[]): void {
  for (const [i, { id, time }] of predictions.entries()) {
    const { output, refusal } = answers[i]!
    state.answersDigest = createHash('sha256')
      .update(`${state.answersDigest}\n${id}\n${output ?? refusal}`)
      .digest('hex')
    state.first = Math.min(state.first ?? time, time)
    state.last = Math.max(state.last ?? time, time)
    if (refusal !== undefined) state.refused += 1
  }
  state.predictions += predictions.length
}

/** As many rows as keep a page of inputs of this size small. */
function rowsFor(items: readonly JournaledPrediction[]): number {
  const sampled = items.slice(0, 20)
  const characters = sampled.reduce((sum, { inputs, output }) => sum + JSON.stringify([inputs, output]).length, 0)
  return Math.max(
    1,
    Math.min(PAGE_ROWS_MAX, Math.floor((PAGE_CHARACTERS * Math.max(1, sampled.length)) / Math.max(1, characters))),
  )
}

function headOf({ request, state }: Replay, method: string): ReplayHead {
  const { deployment, from, to, limit } = request
  return {
    format: 'seaworthy-replay/1',
    deployment,
    window: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }), limit },
    predictions: state.predictions,
    ...(state.first === undefined || state.last === undefined ? {} : { span: { from: state.first, to: state.last } }),
    refused: state.refused,
    contractsAssumed: state.contractsAssumed,
    answersDigest: state.answersDigest,
    machine: machineFacts(),
    method,
  }
}

function exactReport(replay: Replay): ReplayReport {
  const { exact } = replay.state
  const versions = versionsOf(exact)
  const sum = (of: 'identical' | 'different') => versions.reduce((total, counts) => total + counts[of], 0)
  return {
    ...headOf(replay, EXACT_METHOD),
    kind: 'exact',
    identical: sum('identical'),
    different: sum('different'),
    dependOnBatch: exact.dependOnBatch,
    flagsDifferent: exact.flagsDifferent,
    versions,
    examples: exact.examples,
  }
}
