/** One measurement under load: starts the two processes, waits, and ends them whatever happens. */
import { type ChildProcess, fork } from 'node:child_process'
import type { ServableVersion } from '../../../model/index.ts'
import type { InputRules } from '../../../serving/data-plane.ts'
import type { ServingSettings } from '../contract.ts'
import type { LoadMeasurement, LoadOrder, LoadReply, ServeOrder, ServeReply } from './load-message.ts'

/** Longest time until the version answers, in milliseconds; large models take a while to load. */
const START_MS_MAX = 120_000
/** Time on top of the stated load after which a run is given up, in milliseconds. */
const OVERTIME_MS_MAX = 60_000

export interface LoadRun extends Omit<LoadOrder, 'port' | 'path'> {
  readonly version: ServableVersion
  readonly rules: InputRules
  readonly serving: ServingSettings
  readonly signal: AbortSignal
  readonly onProgress: (sent: number) => void
}
export type LoadResult =
  | { readonly measurement: LoadMeasurement; readonly explanation?: undefined }
  | { readonly measurement?: undefined; readonly explanation: string }

/** Why there is no measurement is in `explanation`. Rejects only with the reason of the signal. */
export async function runLoad(run: LoadRun): Promise<LoadResult> {
  const { version, rules, serving, signal, onProgress, ...order } = run
  signal.throwIfAborted()
  const children: ChildProcess[] = []
  const start = (name: string): ChildProcess => {
    const child = startProcess(name)
    children.push(child)
    return child
  }
  const aborted = Promise.withResolvers<never>()
  aborted.promise.catch(() => {})
  const abort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([measure(start, { version, rules, serving }, order, onProgress), aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
    for (const child of children) child.kill('SIGKILL')
  }
}

async function measure(
  start: (name: string) => ChildProcess,
  serve: ServeOrder,
  order: Omit<LoadOrder, 'port' | 'path'>,
  onProgress: (sent: number) => void,
): Promise<LoadResult> {
  const server = start('load-server')
  server.send(serve)
  const up = await replyOf<ServeReply>(server, START_MS_MAX, (reply) => reply)
  if (up?.kind !== 'listening') return { explanation: `The version did not start: ${up?.reason ?? 'its process ended'}.` }
  const generator = start('load-generator')
  generator.send({ ...order, port: up.port, path: `/v1/deployments/${serve.version.model}/predict` } satisfies LoadOrder)
  const loadMs = ((order.warmUpRequests + order.requests) / order.requestsPerSecond) * 1_000
  const done = await replyOf<LoadReply>(generator, loadMs + OVERTIME_MS_MAX, (reply) => {
    if (reply.kind !== 'progress') return reply
    onProgress(reply.sent)
    return undefined
  })
  if (done?.kind === 'done') return { measurement: done }
  if (done?.kind === 'refused') return { explanation: `Not one of the rows was answered: ${done.explanation}` }
  return { explanation: 'The load could not be made: its process ended, or did not come to an end in time.' }
}

function startProcess(name: string): ChildProcess {
  const script = new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  return fork(script, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
}

/** The first message that `pick` wants; undefined when the process ended or the time is over. */
function replyOf<T>(child: ChildProcess, msMax: number, pick: (reply: T) => T | undefined): Promise<T | undefined> {
  return new Promise((resolve) => {
    const overdue = setTimeout(() => resolve(undefined), msMax)
    const end = (reply: T | undefined) => {
      clearTimeout(overdue)
      resolve(reply)
    }
    child.once('error', () => end(undefined)).once('exit', () => end(undefined))
    child.on('message', (message) => {
      const reply = pick(message as T)
      if (reply !== undefined) end(reply)
    })
  })
}
