/** The other end of `worker-session.ts`: loads one model in this thread and runs what arrives, one batch after another. */
import { parentPort, workerData } from 'node:worker_threads'
import { runtimes } from './catalog.gen.ts'
import type { RuntimeOptions, Tensor } from './contract.ts'
import type { WorkerReply, WorkerRequest } from './worker-message.ts'

const port = parentPort
if (port === null) throw new Error('inference-worker.ts runs only as a worker thread.')

const { file, options } = workerData as { readonly file: string; readonly options: RuntimeOptions }
const reply = (message: WorkerReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
const textOf = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

const model = await runtimes.get('onnx').load(file, options)
reply({ kind: 'ready', inputs: model.inputs, outputs: model.outputs, memoryBytes: model.memoryBytes })

let last: Promise<unknown> = Promise.resolve()
port.on('message', (request: WorkerRequest) => {
  if (request.kind === 'close') {
    void last.then(() => model.close()).then(() => port.close())
    return
  }
  last = last.then(() => answer(request.id, request.inputs))
})

async function answer(id: number, inputs: readonly Tensor[]): Promise<void> {
  try {
    const outputs = [...(await model.run(inputs)).values()]
    reply({ kind: 'done', id, outputs }, transferable(outputs))
  } catch (cause) {
    reply({ kind: 'failed', id, reason: textOf(cause) })
  }
}

/** Whole buffers move to the other thread instead of being copied. */
function transferable(outputs: readonly Tensor[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const { data } of outputs)
    if (!Array.isArray(data) && data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength)
      buffers.add(data.buffer)
  return [...buffers]
}
