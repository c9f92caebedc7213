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
  const thread = new ModelThread({ file, options, log, source })
  const { ready } = await thread.started()
  return Object.freeze({
    inputs: ready.inputs,
    outputs: ready.outputs,
    memoryBytes: ready.memoryBytes,
    get isAlive() {
      return thread.isAlive
    },
    run: (inputs: readonly Tensor[]) => thread.run(inputs),
    close: () => thread.close(),
  })
}

interface ThreadOptions {
  readonly file: string
  readonly options: RuntimeOptions
  readonly log: Log
  readonly source: URL
}

/** The thread of one model through its lives. */
class ModelThread {
  readonly #options: ThreadOptions
  readonly #model: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #crashesMs: number[] = []
  #nextId = 0
  #closing: Promise<void> | undefined
  #isGivenUp = false
  #current: Promise<Thread>

  constructor(options: ThreadOptions) {
    this.#options = options
    this.#model = path.basename(options.file)
    this.#current = this.#start()
  }

  get isAlive(): boolean {
    return this.#closing === undefined && !this.#isGivenUp
  }

  started(): Promise<Thread> {
    return this.#current
  }

  async run(inputs: readonly Tensor[]): Promise<ReadonlyMap<string, Tensor>> {
    if (this.#closing !== undefined) throw new ModelRunFailed({ model: this.#model, reason: 'it has been closed' })
    const { worker } = await this.#current
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ kind: 'run', id, inputs } satisfies WorkerRequest)
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  #start(): Promise<Thread> {
    const { file, source, options } = this.#options
    const { threads, memoryArena } = options
    const worker = new Worker(source, { workerData: { file, options: { threads, memoryArena } } })
    return new Promise<Thread>((resolve, reject) => {
      let isUp = false
      let reason = 'its thread stopped'
      worker.on('message', (reply: WorkerReply) => {
        if (reply.kind !== 'ready') return this.#settle(reply)
        isUp = true
        resolve({ worker, ready: reply })
      })
      worker.on('error', (cause: unknown) => (reason = cause instanceof Error ? cause.message : String(cause)))
      worker.on('exit', () => {
        const gone = new ModelUnavailable({ model: this.#model, reason })
        reject(gone)
        if (this.#closing === undefined && isUp) this.#restart(gone)
      })
    })
  }

  #settle(reply: Exclude<WorkerReply, Ready>): void {
    const entry = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (reply.kind === 'done') entry?.resolve(new Map(reply.outputs.map((tensor) => [tensor.name, tensor])))
    else entry?.reject(new ModelRunFailed({ model: this.#model, reason: reply.reason }))
  }

  #restart(gone: Error): void {
    for (const { reject } of this.#waiting.values()) reject(gone)
    this.#waiting.clear()
    const now = performance.now()
    const deaths = this.#crashesMs.filter((at) => at > now - RESTART_WINDOW_MS).length + 1
    this.#crashesMs.splice(0, Math.max(0, this.#crashesMs.length - RESTARTS_MAX))
    this.#crashesMs.push(now)
    const model = this.#model
    this.#isGivenUp = deaths > RESTARTS_MAX
    this.#options.log.error('the thread of a model died', { model, reason: gone.message, deaths, isGivenUp: this.#isGivenUp })
    this.#current = this.#isGivenUp
      ? Promise.reject(new ModelUnavailable({ model, reason: `its thread died ${deaths} times` }))
      : this.#start()
    this.#current.catch(() => {})
  }

  async #end(): Promise<void> {
    const thread = await this.#current.catch(() => undefined)
    if (thread === undefined) return
    const gone = new Promise<void>((resolve) => thread.worker.once('exit', () => resolve()))
    thread.worker.postMessage({ kind: 'close' } satisfies WorkerRequest)
    const overdue = setTimeout(() => void thread.worker.terminate(), CLOSE_MS_MAX)
    await gone
    clearTimeout(overdue)
  }
}
