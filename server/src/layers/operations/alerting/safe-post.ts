/**
 * One POST to a receiver that somebody typed in: to a judged address, without following redirects, with limits on time and on what
 * is read of the answer. Errors name the host and never the path, which is the secret of many receivers.
 */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type Resolve, resolveAllowed } from './address-guard.ts'
import { DeliveryFailed, DeliveryRefused } from './errors.ts'

const ANSWER_BYTES_MAX = 64 * 1_024
const RETRY_AFTER_MS_MAX = 3_600_000
/** Answers that may be another one later: timeout, too early, too many. All of 500 and above, too. */
const MAY_PASS: ReadonlySet<number> = new Set([408, 425, 429])

export interface PostRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly allowPrivate: boolean
  readonly signal: AbortSignal
}
export interface PostReply {
  readonly status: number
  /** At most its first 64 KiB. */
  readonly body: string
}
export type Post = (request: PostRequest) => Promise<PostReply>

/**
 * Resolves to an answer of the 200s. Throws DeliveryRefused where sending again is of no use, DeliveryFailed where it may be, and
 * AddressRefused.
 */
export const createPost =
  (resolve?: Resolve): Post =>
  async (request) => {
    const url = new URL(request.url)
    const host = url.hostname
    const target = await resolveAllowed(host, {
      allowPrivate: request.allowPrivate,
      ...(resolve === undefined ? {} : { resolve }),
    })
    const { status, body, retryAfter } = await exchange(url, target, request)
    if (status >= 200 && status < 300) return { status, body }
    const explanation = `it answered ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}`
    if (status >= 500 || MAY_PASS.has(status))
      throw new DeliveryFailed({ host, explanation, retryAfterMs: retryAfterMs(retryAfter) })
    throw new DeliveryRefused({ host, explanation })
  }

interface Exchange extends PostReply {
  readonly retryAfter: string | undefined
}

function exchange(
  url: URL,
  { address, family }: Awaited<ReturnType<typeof resolveAllowed>>,
  request: PostRequest,
): Promise<Exchange> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>()
  const start = url.protocol === 'https:' ? requestHttps : requestHttp
  const outgoing = start(url, {
    method: 'POST',
    agent: false,
    signal: request.signal,
    headers: { 'content-length': Buffer.byteLength(request.body), ...request.headers },
    lookup: (_, options, callback) =>
      options.all === true ? callback(null, [{ address, family }]) : callback(null, address, family),
  })
  outgoing.on('error', (cause: NodeJS.ErrnoException) =>
    reject(new DeliveryFailed({ host: url.hostname, explanation: failureText(cause, request.signal) }, { cause })),
  )
  outgoing.on('response', (answer) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const end = () => {
      const body = Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8')
      resolve({ status: answer.statusCode ?? 0, body, retryAfter: answer.headers['retry-after'] })
    }
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes < ANSWER_BYTES_MAX) return
      end()
      answer.destroy()
    })
    answer.on('end', end)
    answer.on('error', (cause: NodeJS.ErrnoException) =>
      reject(new DeliveryFailed({ host: url.hostname, explanation: failureText(cause, request.signal) }, { cause })),
    )
  })
  outgoing.end(request.body)
  return promise
}

const failureText = ({ code, name }: NodeJS.ErrnoException, signal: AbortSignal) =>
  signal.aborted ? 'it took too long' : `the connection failed (${code ?? name})`

/** Seconds or a date, as RFC 9110 has it. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.min(RETRY_AFTER_MS_MAX, Math.max(0, ms)) : undefined
}
