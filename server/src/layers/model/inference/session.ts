/**
 * A version made ready to answer: loaded once, run on the package's own sample so that the first request pays for
 * nothing, and measured. Two numbers come out of the measurement, and both decide how it serves:
 *
 * - the rows per call at which a row is cheapest. A 100-tree model takes 7.8 µs for one row and 0.9 µs a row in calls of
 *   32, but 2.2 µs a row from 128 on, where ONNX Runtime changes its way through the trees. So it is measured.
 * - whether one call blocks the thread for longer than the server may stand still; then the model runs in its own thread.
 */
import path from 'node:path'
import type { Log } from '../../../kernel/log.ts'
import type { Instance } from '../../../kernel/table.ts'
import type { Signature } from '../signature/signature.ts'
import { type BatchLayout, type BatchTensors, createBatchLayout, createBatchTensors } from './batch-tensors.ts'
import { runtimes } from './catalog.gen.ts'
import type { LoadedModel, ModelRuntime, RuntimeOptions } from './contract.ts'
import { ModelRunFailed } from './errors.ts'
import { writeInstance } from './instance-writer.ts'
import { measureBatches } from './batch-measurement.ts'
import { createWorkerModel } from './worker-session.ts'

/** What is needed of a package to run it. */
export interface ServableVersion {
  readonly model: string
  readonly version: number
  readonly digest: string
  readonly signature: Signature
  /** Path of the model file. */
  readonly modelFile: string
  /** A few instances from the training data; warm-up runs on them. */
  readonly sample: readonly Instance[]
}

export interface SessionOptions extends RuntimeOptions {
  /** Runs longer than this, in milliseconds, move the model into a worker thread. */
  readonly workerRunMsMin: number
  /** Most rows in one call. */
  readonly batchRowsMax: number
  readonly log?: Log
}

export interface ModelSession {
  readonly model: LoadedModel
  readonly signature: Signature
  readonly layout: BatchLayout
  readonly memoryBytes: number
  /** Rows per call at which a row is cheapest. */
  readonly batchRowsBest: number
  /** Time of one row in such a call, in milliseconds. */
  readonly rowMs: number
  /** Time of a call with one row, in milliseconds. */
  readonly runMs: number
  readonly inWorker: boolean
  /** Arrays for a batch, in memory that the model's thread can read. */
  createTensors(rowsMax: number): BatchTensors
  close(): Promise<void>
}

/** Loads, warms and measures. Throws ModelUnreadable, and ModelRunFailed when the signature does not fit the graph. */
export async function loadModel(
  version: ServableVersion,
  options: SessionOptions,
  runtime: ModelRuntime = runtimes.get('onnx'),
): Promise<ModelSession> {
  const { signature } = version
  const layout = createBatchLayout(signature)
  let model = await runtime.load(version.modelFile, options)
  let inWorker = false
  try {
    checkFit(version, model)
    let tensors = sampleTensors(version, layout, options.batchRowsMax)
    await model.run(tensors.tensors(1))
    const runMs = await timeOf(() => model.run(tensors.tensors(1)))
    if (runMs > options.workerRunMsMin && !hasText(layout)) {
      await model.close()
      model = await createWorkerModel(version.modelFile, options, options.log)
      inWorker = true
      tensors = sampleTensors(version, layout, options.batchRowsMax, true)
    }
    const runMsMax = inWorker ? Math.max(runMs * 8, 50) : options.workerRunMsMin
    const best = await measureBatches((rows) => model.run(tensors.tensors(rows)), options.batchRowsMax, runMsMax)
    return createSession({ model, signature, layout, inWorker, runMs, batchRowsBest: best.rows, rowMs: best.rowMs })
  } catch (cause) {
    await model.close()
    throw cause
  }
}

type Measured = Omit<ModelSession, 'memoryBytes' | 'createTensors' | 'close'>

function createSession(measured: Measured): ModelSession {
  return Object.freeze({
    ...measured,
    memoryBytes: measured.model.memoryBytes,
    createTensors: (rowsMax: number) => createBatchTensors(measured.layout, rowsMax, measured.inWorker),
    close: () => measured.model.close(),
  })
}

/** Strings cannot lie in shared memory; such models are small encoders and stay in the server's thread. */
const hasText = (layout: BatchLayout) => layout.tensors.some(({ element }) => element === 'string')

/** The sample over and over, until `rows` rows are filled; rows of missing values when the package has no sample. */
function sampleTensors(version: ServableVersion, layout: BatchLayout, rows: number, shared = false): BatchTensors {
  const tensors = createBatchTensors(layout, rows, shared)
  const sample = version.sample.length > 0 ? version.sample : [{}]
  for (let row = 0; row < rows; row++) writeInstance(version.signature, layout, tensors, row, sample[row % sample.length]!)
  return tensors
}

async function timeOf(run: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) {
    const start = performance.now()
    await run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/** Every tensor that the signature names must be in the graph, with the element type it says. */
function checkFit({ signature, modelFile }: ServableVersion, model: LoadedModel): void {
  const fail = (reason: string) => new ModelRunFailed({ model: path.basename(modelFile), reason })
  const outputs = signature.outputs.map((output) => ({ name: output.graphOutput, element: output.element }))
  for (const [what, wanted, found] of [
    ['input', signature.graph.inputs, model.inputs],
    ['output', outputs, model.outputs],
  ] as const) {
    for (const { name, element } of wanted) {
      const match = found.find((spec) => spec.name === name)
      if (match === undefined)
        throw fail(`the graph has no ${what} "${name}"; it has ${found.map((spec) => `"${spec.name}"`).join(', ')}`)
      if (match.element !== element)
        throw fail(`the ${what} "${name}" is ${match.element} in the graph and ${element} in the signature`)
    }
  }
  for (const { name } of model.inputs)
    if (!signature.graph.inputs.some((input) => input.name === name))
      throw fail(`nothing in the signature fills the input "${name}"`)
}
