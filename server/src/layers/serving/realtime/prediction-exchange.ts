/**
 * One HTTP request for predictions from its first byte to its answer: body, variant, prediction, reply, and the limit on
 * all of them together. Written on node:http alone, because the framework's share of a small request (0.9 of 16.7 µs
 * where it was measured) is a third of what validation and batching may cost together.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../../../kernel/log.ts'
import { createBodyReader } from './body-reader.ts'
import { PredictionBodyTimeout, PredictionTimeout, ShuttingDown } from './errors.ts'
import type { LiveDeployment } from './live-deployments.ts'
import type { PredictionRequest } from './predictor.ts'
import { sendProblem } from './problem-reply.ts'
import type { DeploymentMetrics } from './serving-metrics.ts'

const NO_BYTES = Buffer.alloc(0)
const CALLER_LENGTH_MAX = 200
const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/

export interface ExchangeOptions {
  readonly bodyBytesMax: number
  /** Longest time from the first byte to the answer, in milliseconds. */
  readonly timeoutMsMax: number
  readonly ids: () => string
  readonly log: Log
  /** The deployment as it is when the body is there: it may have changed since the request began. */
  readonly find: (name: string) => LiveDeployment | undefined
  /** True while the server stops: connections are closed after their answer. */
  readonly isDraining: () => boolean
}

export interface Exchanges {
  readonly inFlight: number
  start(request: IncomingMessage, response: ServerResponse, deployment: string, metrics: DeploymentMetrics): void
  /** Resolves when none is in flight, or after the time. */
  drained(msMax: number): Promise<void>
  close(): void
}

interface Exchange {
  readonly startMs: number
  expire(): void
}

export function createExchanges(options: ExchangeOptions): Exchanges {
  const { timeoutMsMax, ids, log, find, isDraining } = options
  const reader = createBodyReader(options.bodyBytesMax)
  const inFlight = new Set<Exchange>()
  const onIdle: (() => void)[] = []
  // One timer for all: requests are in the set in the order of their arrival, so only the oldest need a look.
  const sweeper = setInterval(sweep, Math.max(5, Math.min(500, timeoutMsMax / 4)))
  sweeper.unref()

  function sweep(): void {
    const expiredMs = performance.now() - timeoutMsMax
    for (const exchange of inFlight) {
      if (exchange.startMs > expiredMs) return
      exchange.expire()
    }
  }

  function start(request: IncomingMessage, response: ServerResponse, deployment: string, metrics: DeploymentMetrics): void {
    const startMs = performance.now()
    const { headers } = request
    const given = headers['x-request-id']
    const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : ids()
    let isDone = false
    let isRead = false
    let versionText = ''
    let received = () => 0

    const finish = (): boolean => {
      if (isDone) return false
      isDone = true
      inFlight.delete(exchange)
      if (inFlight.size === 0) for (const resolve of onIdle.splice(0)) resolve()
      return true
    }
    const fail = (failure: unknown) => {
      if (!finish()) return
      const status = sendProblem(response, failure, requestId, log, !isRead || isDraining())
      metrics.observe(status, 0, 0)
    }
    const exchange: Exchange = {
      startMs,
      expire() {
        if (response.destroyed) finish()
        else if (isRead) fail(new PredictionTimeout({ msMax: timeoutMsMax }))
        else fail(new PredictionBodyTimeout({ msMax: timeoutMsMax, bytesReceived: received() }))
      },
    }
    inFlight.add(exchange)

    const prediction: PredictionRequest = {
      requestId,
      caller: callerOf(headers['x-caller']),
      body: NO_BYTES,
      startMs,
      isGone: () => isDone || response.destroyed,
      answer(failure: unknown, reply: string, rows: number) {
        if (failure !== undefined) return fail(failure)
        if (!finish() || response.destroyed) return
        const latencyMs = performance.now() - startMs
        sendReply(response, reply, requestId, versionText, latencyMs, isDraining())
        metrics.observe(200, latencyMs, rows)
      },
    }
    received = reader.read(request, (failure, body) => {
      if (isDone) return
      if (failure !== undefined) return fail(failure)
      isRead = true
      const live = find(deployment)
      if (live === undefined) return fail(new ShuttingDown({ deployment }))
      const { predictor } = live.pick(requestId)
      versionText = String(predictor.version.version)
      prediction.body = body
      predictor.predict(prediction)
    })
  }

  return Object.freeze({
    get inFlight() {
      return inFlight.size
    },
    start,
    drained(msMax: number) {
      if (inFlight.size === 0) return Promise.resolve()
      return new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, msMax)
        onIdle.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    },
    close: () => clearInterval(sweeper),
  })
}

function sendReply(
  response: ServerResponse,
  reply: string,
  requestId: string,
  version: string,
  latencyMs: number,
  close: boolean,
): void {
  const bytes = Buffer.byteLength(reply)
  const headers = [
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(bytes),
    'x-request-id',
    requestId,
    'x-seaworthy-version',
    version,
    'server-timing',
    `total;dur=${Math.round(latencyMs * 1_000) / 1_000}`,
  ]
  if (close) headers.push('connection', 'close')
  response.writeHead(200, headers)
  // Text that is all ASCII leaves faster as what it is.
  response.end(reply, bytes === reply.length ? 'latin1' : 'utf8')
}

function callerOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header.slice(0, CALLER_LENGTH_MAX) : ''
}
