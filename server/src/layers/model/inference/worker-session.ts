/**
 * A model in a thread of its own, behind the interface of one in this thread. For models whose run would stop the server
 * from reading requests. A thread that dies fails the batches it had, is told in the log, and is started again; one that
 * keeps dying stays down, because a model that cannot live must be seen, not retried for ever.
 */
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { type Log, silentLog } from '../../../kernel/log.ts'
import type { LoadedModel, RuntimeOptions, Tensor } from './contract.ts'
import { ModelRunFailed, ModelUnavailable } from './errors.ts'
import type { WorkerReply, WorkerRequest } from './worker-message.ts'

/** Restarts within this time, in milliseconds, before the model stays down. */
const RESTARTS_MAX = 3
const RESTART_WINDOW_MS = 60_000
const CLOSE_MS_MAX = 5_000
const SOURCE = new URL(`./inference-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

interface Waiting {
  readonly resolve: (outputs: ReadonlyMap<string, Tensor>) => void
  readonly reject: (reason: Error) => void
}
type Ready = Extract<WorkerReply, { kind: 'ready' }>
interface Thread {
  readonly worker: Worker
  readonly ready: Ready
}

/** Starts the thread and loads the model in it. Throws ModelUnavailable when the thread does not come up. */
export async function createWorkerModel(
  file: string,
  options: RuntimeOptions,
  log: Log = silentLog,
  source: URL = SOURCE,
): Promise<LoadedModel> {
  const model = path.basename(file)
  const waiting = new Map<number, Waiting>()
  const crashesMs: number[] = []
  let nextId = 0
  let closing: Promise<void> | undefined
  let isGivenUp = false
  let current: Promise<Thread> = start()

  function start(): Promise<Thread> {
    const worker = new Worker(source, {
      workerData: { file, options: { threads: options.threads, memoryArena: options.memoryArena } },
    })
    return new Promise<Thread>((resolve, reject) => {
      let isUp = false
      let reason = 'its thread stopped'
      worker.on('message', (reply: WorkerReply) => {
        if (reply.kind === 'ready') {
          isUp = true
          resolve({ worker, ready: reply })
        } else settle(reply)
      })
      worker.on('error', (cause: unknown) => (reason = cause instanceof Error ? cause.message : String(cause)))
      worker.on('exit', () => {
        const gone = new ModelUnavailable({ model, reason })
        reject(gone)
        if (closing === undefined && isUp) restart(gone)
      })
    })
  }
  function settle(reply: Exclude<WorkerReply, Ready>): void {
    const entry = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.kind === 'done') entry?.resolve(new Map(reply.outputs.map((tensor) => [tensor.name, tensor])))
    else entry?.reject(new ModelRunFailed({ model, reason: reply.reason }))
  }
  function restart(gone: Error): void {
    for (const { reject } of waiting.values()) reject(gone)
    waiting.clear()
    crashesMs.push(performance.now())
    const recent = crashesMs.filter((at) => at > performance.now() - RESTART_WINDOW_MS)
    isGivenUp = recent.length > RESTARTS_MAX
    log.error('the thread of a model died', { model, reason: gone.message, deaths: recent.length, isGivenUp })
    current = isGivenUp
      ? Promise.reject(new ModelUnavailable({ model, reason: `its thread died ${recent.length} times` }))
      : start()
    current.catch(() => {})
  }
  async function close(): Promise<void> {
    const thread = await current.catch(() => undefined)
    if (thread === undefined) return
    const gone = new Promise<void>((resolve) => thread.worker.once('exit', () => resolve()))
    thread.worker.postMessage({ kind: 'close' } satisfies WorkerRequest)
    const overdue = setTimeout(() => void thread.worker.terminate(), CLOSE_MS_MAX)
    await gone
    clearTimeout(overdue)
  }

  const { ready } = await current
  return Object.freeze({
    inputs: ready.inputs,
    outputs: ready.outputs,
    memoryBytes: ready.memoryBytes,
    get isAlive() {
      return closing === undefined && !isGivenUp
    },
    async run(inputs: readonly Tensor[]) {
      if (closing !== undefined) throw new ModelRunFailed({ model, reason: 'it has been closed' })
      const { worker } = await current
      return new Promise<ReadonlyMap<string, Tensor>>((resolve, reject) => {
        const id = nextId++
        waiting.set(id, { resolve, reject })
        worker.postMessage({ kind: 'run', id, inputs } satisfies WorkerRequest)
      })
    },
    close() {
      closing ??= close()
      return closing
    },
  })
}
