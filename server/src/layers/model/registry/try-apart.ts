/**
 * A model is a program of somebody else: it may crash the native library, or never come to an end, and neither can be caught.
 * So it runs for the first time in a process of its own, which is killed when its time is over.
 */
import { fork } from 'node:child_process'
import path from 'node:path'
import { defineError } from '../../../kernel/errors.ts'
import { ModelRunFailed, ModelUnreadable } from '../inference/errors.ts'
import type { ServableVersion, SessionOptions } from '../inference/session.ts'
import { ModelGivesNothing } from './errors.ts'

/** Loading gigabytes takes some ten seconds; what takes longer than this would not serve. */
const TRIAL_MS_MAX = 120_000
const TRIAL = new URL(`./model-trial${path.extname(import.meta.filename)}`, import.meta.url)

export interface TrialRequest {
  readonly version: ServableVersion
  readonly options: SessionOptions
}
export type TrialReply =
  | { readonly oddities: readonly string[] }
  | { readonly refused: string; readonly details: unknown }
  | { readonly bug: string }

/** A model that took the process down that tried it, or did not come to an end. HTTP 422. */
export const ModelTrialFailed = defineError({
  code: 'MODEL_TRIAL_FAILED',
  status: 422,
  message: (d: { file: string; reason: string }) => `${d.file} was tried in a process of its own, and ${d.reason}.`,
  hint: () =>
    'Run it with onnxruntime where it was made, on the same rows: a broken graph, an endless loop or too little memory is the cause. Nothing was kept of it here.',
})

const REFUSALS = [ModelUnreadable, ModelRunFailed, ModelGivesNothing]

/** As `tryModel`, in a process of its own. Throws ModelTrialFailed besides, and the signal's reason. */
export async function tryApart(
  version: ServableVersion,
  { threads, memoryArena, workerRunMsMin, batchRowsMax }: SessionOptions,
  signal: AbortSignal,
  msMax = TRIAL_MS_MAX,
): Promise<readonly string[]> {
  const request: TrialRequest = { version, options: { threads, memoryArena, workerRunMsMin, batchRowsMax } }
  const reply = await replyOf(request, signal, msMax)
  if ('oddities' in reply) return reply.oddities
  if ('bug' in reply) throw new Error(reply.bug)
  const Refusal = REFUSALS.find(({ code }) => code === reply.refused)
  if (Refusal === undefined) throw new Error(`A trial was refused with ${reply.refused}.`)
  throw new Refusal(reply.details as never)
}

function replyOf(request: TrialRequest, signal: AbortSignal, msMax: number): Promise<TrialReply> {
  const failed = (reason: string) => new ModelTrialFailed({ file: path.basename(request.version.modelFile), reason })
  return new Promise<TrialReply>((resolve, reject) => {
    signal.throwIfAborted()
    // It gets no environment: what is a secret there is none of a model's business.
    const child = fork(TRIAL, { execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const end = (error: unknown) => {
      child.kill('SIGKILL')
      reject(error)
    }
    const stop = () => end(signal.reason)
    const timer = setTimeout(() => end(failed(`it did not come to an end within ${msMax / 1_000} s`)), msMax)
    signal.addEventListener('abort', stop, { once: true })
    child.once('message', (reply) => resolve(reply as TrialReply))
    child.once('error', reject)
    child.once('exit', (code, killedBy) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      reject(failed(`it ended that process with ${killedBy ?? `code ${code}`}`))
    })
    child.send(request, (error) => error !== null && child.kill('SIGKILL'))
  })
}
