/**
 * Asks at a stated rate, whatever the answers do (open loop). Arrivals are a Poisson process, as those of many independent
 * callers are, and latency counts from the moment at which a request was due. A generator that waits for answers, or counts
 * from when it came to send, leaves out just the requests that met a stall: coordinated omission (G. Tene, "How NOT to Measure
 * Latency", 2013). It runs in a process of its own, so that neither the server nor the check delays it, and it still
 * measures by how much it was late itself.
 */
import { Agent, request as httpRequest } from 'node:http'
import os from 'node:os'
import { createRandom } from '../../../../stats/random.ts'
import type { LoadMeasurement, LoadOrder, LoadReply } from './load-message.ts'

/** Requests under way beyond which the server has lost: what is due then counts as not answered. */
const IN_FLIGHT_MAX = 2_000
const CONNECTIONS_MAX = 256
const ANSWER_MS_MAX = 10_000
/** Timers fire up to this late, in milliseconds; on more than one core the last stretch is waited out awake. */
const TIMER_MS = 2
const PROGRESS_MS = 500

const tell = (reply: LoadReply) => process.send?.(reply)
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX, maxFreeSockets: CONNECTIONS_MAX })
const mayWaitAwake = os.availableParallelism() > 1

interface Answer {
  readonly status: number
  readonly text: string
}

/** Status 0: no answer. The text is kept only when it is asked for. */
function ask({ port, path }: LoadOrder, body: string, wantsText: boolean, done: (answer: Answer) => void): void {
  let isDone = false
  const end = (answer: Answer) => {
    if (isDone) return
    isDone = true
    done(answer)
  }
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const options = { agent, host: '127.0.0.1', port, path, method: 'POST', headers, timeout: ANSWER_MS_MAX }
  const request = httpRequest(options, (response) => {
    let text = ''
    if (wantsText) response.setEncoding('utf8').on('data', (part: string) => (text += part))
    else response.resume()
    response.once('end', () => end({ status: response.statusCode ?? 0, text }))
    response.once('error', () => end({ status: 0, text: '' }))
  })
  request.once('timeout', () => request.destroy(new Error('no answer in time')))
  request.once('error', (cause) => end({ status: 0, text: cause.message }))
  request.end(body)
}

/** The bodies that are answered with 200. Asking them one after the other also warms both sides up. */
async function bodiesTaken(order: LoadOrder): Promise<{ bodies: string[]; refusal: string }> {
  const bodies: string[] = []
  let refusal = ''
  for (const body of order.bodies) {
    const { status, text } = await new Promise<Answer>((resolve) => ask(order, body, true, resolve))
    if (status === 200) bodies.push(body)
    else if (refusal === '') refusal = `${status} ${detailOf(text)}`
  }
  return { bodies, refusal }
}

function detailOf(text: string): string {
  try {
    return String((JSON.parse(text) as { readonly detail?: unknown }).detail ?? '').slice(0, 300)
  } catch {
    return text.slice(0, 300)
  }
}

/** When each request is due, in milliseconds from the start. */
function arrivals(requestsPerSecond: number, requests: number, seed: number): Float64Array {
  const random = createRandom(seed)
  let at = 0
  return Float64Array.from({ length: requests }, () => (at += (-Math.log(1 - random()) * 1_000) / requestsPerSecond))
}

async function load(order: LoadOrder, bodies: readonly string[]): Promise<Omit<LoadMeasurement, 'bodiesTaken'>> {
  const { requestsPerSecond, warmUpRequests } = order
  const total = warmUpRequests + order.requests
  const dueMs = arrivals(requestsPerSecond, total, order.seed)
  const latenciesMs = new Float64Array(total).fill(Number.POSITIVE_INFINITY)
  const delaysMs = new Float64Array(total)
  let [inFlight, sent, skipped, lastTold] = [0, 0, 0, 0]
  const startMs = performance.now() + TIMER_MS
  await new Promise<void>((resolve) => {
    const end = () => sent === total && inFlight === 0 && resolve()
    const send = (at: number) => {
      if (inFlight >= IN_FLIGHT_MAX) return void (skipped += at < warmUpRequests ? 0 : 1)
      inFlight += 1
      ask(order, bodies[at % bodies.length]!, false, ({ status }) => {
        if (status === 200) latenciesMs[at] = performance.now() - startMs - dueMs[at]!
        inFlight -= 1
        end()
      })
    }
    const step = () => {
      let nowMs = performance.now() - startMs
      for (; sent < total && dueMs[sent]! <= nowMs; nowMs = performance.now() - startMs) {
        delaysMs[sent] = nowMs - dueMs[sent]!
        send(sent++)
      }
      if (nowMs - lastTold >= PROGRESS_MS) tell({ kind: 'progress', sent: Math.max(0, sent - warmUpRequests) })
      if (nowMs - lastTold >= PROGRESS_MS) lastTold = nowMs
      if (sent === total) return void end()
      const waitMs = dueMs[sent]! - nowMs
      if (waitMs < TIMER_MS && mayWaitAwake) setImmediate(step)
      else setTimeout(step, Math.max(1, waitMs - (mayWaitAwake ? TIMER_MS - 1 : 0)))
    }
    step()
  })
  const sentMs = (at: number) => dueMs[at]! + delaysMs[at]!
  const share = (dueMs[total - 1]! - dueMs[warmUpRequests]!) / (sentMs(total - 1) - sentMs(warmUpRequests))
  return {
    latenciesMs: latenciesMs.slice(warmUpRequests),
    delaysMs: delaysMs.slice(warmUpRequests),
    requestsPerSecond: requestsPerSecond * (1 - skipped / order.requests) * (share < 1 ? share : 1),
  }
}

process.once('disconnect', () => process.exit(0))
process.once('message', (order: LoadOrder) => {
  void (async () => {
    const { bodies, refusal } = await bodiesTaken(order)
    if (bodies.length === 0) return tell({ kind: 'refused', explanation: refusal })
    return tell({ kind: 'done', bodiesTaken: bodies.length, ...(await load(order, bodies)) })
  })()
})
