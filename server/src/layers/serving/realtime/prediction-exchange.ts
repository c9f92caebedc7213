/**
 * One HTTP request for predictions from its first byte to its answer: body, variant, prediction, reply, and the limit on
 * all of them together. Written on node:http alone, because the framework's share of a small request (0.9 of 16.7 µs
 * where it was measured) is a third of what validation and batching may cost together.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../../../kernel/log.ts'
import { type BodyReader, createBodyReader } from './body-reader.ts'
import { PredictionBodyTimeout, PredictionTimeout, ShuttingDown } from './errors.ts'
import { headerKey, inputKey } from '../traffic/routing-key.ts'
import type { LiveDeployment, LiveVariant } from './live-deployments.ts'
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

/** What all requests have in common. */
interface ExchangeHost extends ExchangeOptions {
  readonly reader: BodyReader
  finished(exchange: Exchange): void
}

export function createExchanges(options: ExchangeOptions): Exchanges {
  const { timeoutMsMax } = options
  const inFlight = new Set<Exchange>()
  const onIdle: (() => void)[] = []
  const host: ExchangeHost = {
    ...options,
    reader: createBodyReader(options.bodyBytesMax),
    finished(exchange) {
      inFlight.delete(exchange)
      if (inFlight.size === 0) for (const resolve of onIdle.splice(0)) resolve()
    },
  }
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
  return Object.freeze({
    get inFlight() {
      return inFlight.size
    },
    start(request: IncomingMessage, response: ServerResponse, deployment: string, metrics: DeploymentMetrics) {
      const exchange = new Exchange(host, request, response, deployment, metrics)
      inFlight.add(exchange)
      exchange.read(request)
    },
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

class Exchange implements PredictionRequest {
  readonly startMs = performance.now()
  readonly requestId: string
  readonly caller: string
  body: Buffer = NO_BYTES
  readonly #host: ExchangeHost
  readonly #response: ServerResponse
  readonly #deployment: string
  readonly #metrics: DeploymentMetrics
  readonly #routingKey: string | undefined
  #isDone = false
  #isRead = false
  #live: LiveDeployment | undefined
  #variant: LiveVariant | undefined
  #received = () => 0
  /** Bound once, because the batcher keeps it. */
  readonly isGone = (): boolean => this.#isDone || this.#response.destroyed

  constructor(
    host: ExchangeHost,
    request: IncomingMessage,
    response: ServerResponse,
    deployment: string,
    metrics: DeploymentMetrics,
  ) {
    const { headers } = request
    const given = headers['x-request-id']
    this.requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : host.ids()
    this.caller = callerOf(headers['x-caller'])
    this.#routingKey = headerKey(headers['x-routing-key'])
    this.#host = host
    this.#response = response
    this.#deployment = deployment
    this.#metrics = metrics
  }

  read(request: IncomingMessage): void {
    this.#received = this.#host.reader.read(request, (failure, body) => {
      if (this.#isDone) return
      if (failure !== undefined) return this.#fail(failure)
      this.#isRead = true
      this.body = body
      const live = this.#host.find(this.#deployment)
      if (live === undefined) return this.#fail(new ShuttingDown({ deployment: this.#deployment }))
      this.#live = live
      this.#variant = live.pick(this.#keyIn(live, body))
      this.#variant.predictor.predict(this)
    })
  }

  #keyIn({ keyInput }: LiveDeployment, body: Buffer): string {
    return this.#routingKey ?? (keyInput === undefined ? undefined : inputKey(body, keyInput)) ?? this.requestId
  }

  answer(failure: unknown, reply: string, rows: number, flagged: number): void {
    if (failure !== undefined) return this.#fail(failure)
    if (!this.#finish() || this.#response.destroyed) return
    const latencyMs = performance.now() - this.startMs
    const version = String(this.#variant?.predictor.version.version ?? '')
    sendReply(this.#response, reply, this.requestId, version, latencyMs, this.#host.isDraining())
    this.#metrics.observe(200, latencyMs, rows)
    this.#variant?.counts.observe(200, latencyMs, rows, flagged)
    const { requestId, caller, body } = this
    this.#live?.shadow?.offer({ requestId, caller, body, reply })
  }

  expire(): void {
    const { timeoutMsMax: msMax } = this.#host
    if (this.#response.destroyed) this.#finish()
    else if (this.#isRead) this.#fail(new PredictionTimeout({ msMax }))
    else this.#fail(new PredictionBodyTimeout({ msMax, bytesReceived: this.#received() }))
  }

  #fail(failure: unknown): void {
    if (!this.#finish()) return
    const { log, isDraining } = this.#host
    const status = sendProblem(this.#response, failure, this.requestId, log, !this.#isRead || isDraining())
    this.#metrics.observe(status, 0, 0)
    this.#variant?.counts.observe(status, 0, 0, 0)
  }

  #finish(): boolean {
    if (this.#isDone) return false
    this.#isDone = true
    this.#host.finished(this)
    return true
  }
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
