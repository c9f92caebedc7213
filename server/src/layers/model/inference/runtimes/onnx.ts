/**
 * ONNX Runtime. Loading and running block the thread (both are synchronous inside `setImmediate`), which is why a model
 * whose run is long is put in a worker thread by `session.ts`. The native library is imported at the first load: it
 * costs tens of milliseconds that commands without a model should not pay.
 */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-common'
import type { ElementType } from '../../signature/signature.ts'
import {
  defineRuntime,
  type LoadedModel,
  type RuntimeOptions,
  type Tensor,
  type TensorData,
  type TensorSpec,
} from '../contract.ts'
import { ModelRunFailed, ModelUnreadable } from '../errors.ts'

type Library = typeof import('onnxruntime-common')
const ELEMENTS: ReadonlySet<string> = new Set<ElementType>(['float32', 'float64', 'int64', 'int32', 'bool', 'string'])
const REASON_LENGTH_MAX = 400
/** What ONNX Runtime says, in the order in which the causes are told apart. */
const CAUSES = [
  ['missing', /File doesn't exist|NO_SUCHFILE|No such file/i],
  ['external-data', /external data|external_data|escapes|outside/i],
  [
    'operator',
    /not a registered function\/op|Unrecognized (attribute|operator)|No Op registered|custom op|Could not find an implementation/i,
  ],
  ['version', /opset|ir_version|IR version|under development/i],
  ['truncated', /Protobuf parsing failed|INVALID_PROTOBUF|ModelProto does not have a graph|No graph was found/i],
] as const

export const onnx = defineRuntime({
  id: 'onnx',
  async load(file: string, options: RuntimeOptions): Promise<LoadedModel> {
    const library = (await import('onnxruntime-node')) as unknown as Library
    const before = process.memoryUsage.rss()
    const session = await open(library, file, options)
    const memoryBytes = Math.max((await stat(file)).size, process.memoryUsage.rss() - before)
    return createLoadedModel(library, path.basename(file), session, memoryBytes)
  },
})

async function open(library: Library, file: string, options: RuntimeOptions): Promise<InferenceSession> {
  try {
    return await library.InferenceSession.create(file, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      enableCpuMemArena: options.memoryArena,
      enableMemPattern: options.memoryArena,
      logSeverityLevel: 4,
    })
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    const kind = CAUSES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other'
    throw new ModelUnreadable({ file: path.basename(file), reason: shorten(text, file), cause: kind }, { cause })
  }
}

function createLoadedModel(library: Library, model: string, session: InferenceSession, memoryBytes: number): LoadedModel {
  let closing: Promise<void> | undefined
  let running = 0
  let idle: (() => void) | undefined
  const settle = () => {
    running -= 1
    if (running === 0) idle?.()
  }
  return Object.freeze({
    inputs: session.inputMetadata.map(specOf),
    outputs: session.outputMetadata.map(specOf),
    memoryBytes,
    get isAlive() {
      return closing === undefined
    },
    async run(inputs: readonly Tensor[]) {
      if (closing !== undefined) throw new ModelRunFailed({ model, reason: 'it has been closed' })
      const feeds: Record<string, OnnxTensor> = {}
      running += 1
      try {
        for (const input of inputs) feeds[input.name] = toOnnx(library, input)
        const results = await session.run(feeds)
        const outputs = new Map<string, Tensor>()
        for (const name of session.outputNames) outputs.set(name, fromOnnx(name, results[name]!))
        return outputs
      } catch (cause) {
        throw new ModelRunFailed({ model, reason: shorten(cause instanceof Error ? cause.message : String(cause)) }, { cause })
      } finally {
        settle()
      }
    },
    close() {
      closing ??= (async () => {
        if (running > 0) await new Promise<void>((resolve) => (idle = resolve))
        await session.release()
      })()
      return closing
    },
  })
}

const sizeOf = (dims: readonly number[]) => dims.reduce((product, axis) => product * axis, 1)

/** A view of the rows that are filled, without copying them. */
function toOnnx(library: Library, { element, data, dims }: Tensor): OnnxTensor {
  const size = sizeOf(dims)
  const filled = data.length === size ? data : Array.isArray(data) ? data.slice(0, size) : data.subarray(0, size)
  const construct = library.Tensor as unknown as new (type: string, data: TensorData, dims: readonly number[]) => OnnxTensor
  return new construct(element, filled, dims)
}

function fromOnnx(name: string, tensor: OnnxTensor): Tensor {
  return { name, element: tensor.type as ElementType, dims: tensor.dims, data: tensor.data as TensorData }
}

function specOf(metadata: InferenceSession.ValueMetadata): TensorSpec {
  const type = metadata.isTensor && ELEMENTS.has(metadata.type) ? metadata.type : undefined
  return { name: metadata.name, element: (type ?? 'float32') as ElementType }
}

/** The first sentence of the library's message, without its codes, its source positions and the folders of this machine. */
function shorten(text: string, file?: string): string {
  const plain = (file === undefined ? text : text.replaceAll(file, path.basename(file)))
    .replaceAll(/\/\S+\.(?:cc|h):\d+\s*/g, '')
    .replaceAll(/onnxruntime::\S+\([^)]*\) /g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return plain.length > REASON_LENGTH_MAX ? `${plain.slice(0, REASON_LENGTH_MAX)}…` : plain
}
