/**
 * The HTTP server of the control plane. Predictions do not pass through its framework: what the data plane claims is
 * answered by the data plane, on the same port, at the speed it has alone.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Problem } from '@seaworthy/api/problem'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { EventReply } from '../../kernel/event-reply.ts'
import type { FileReply } from '../../kernel/file-reply.ts'
import type { Log } from '../../kernel/log.ts'
import { lingerThenEnd } from '../../platform/http/linger-then-end.ts'
import type { Route } from './define-route.ts'
import { connectionOptions, refuseConnection } from './connection.ts'
import { isThisMachine, mayPredict, refusalOf } from './door.ts'
import { AddressUnknown, BodyNotJson, PortInUse } from './errors.ts'
import { parsePart } from './parse-part.ts'
import { problemOf, PROBLEM_TYPE } from './problem.ts'
import { addBodyParsers, expectBytes, isArriving, isJson, limitTime } from './receiving.ts'

export interface ServerOptions<Services> {
  readonly routes: readonly Route<Services>[]
  readonly services: Services
  readonly log: Log
  readonly bodyBytesMax: number
  /** Deepest nesting of brackets in a body. */
  readonly nestingMax: number
  readonly uploadBytesMax: number
  /** Longest time for headers, and for a body that is no file, in milliseconds. */
  readonly timeoutMsMax: number
  /** Who asks when a request does not say. */
  readonly actorDefault: string
  /** The time that the `date` header of answers says, milliseconds since 1970. Default: that of the machine. */
  readonly now?: () => number
  /** Answers true when it has taken the request; it then owns the response. */
  readonly dataPlane?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Pages and documents beside the API. */
  readonly pages?: (app: FastifyInstance) => void
}

export interface RunningServer {
  readonly url: string
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

export function createHttpServer<Services>(options: ServerOptions<Services>) {
  const { log, bodyBytesMax, dataPlane, timeoutMsMax } = options
  let onlyThisMachine = false
  const app = fastify({
    bodyLimit: bodyBytesMax,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseConnection,
    frameworkErrors: (_, request, reply) => sendProblem(addressUnknown(request), request, reply),
    serverFactory: (handler) =>
      createServer(connectionOptions(timeoutMsMax), (request, response) => {
        if (dataPlane === undefined || !mayPredict(request, onlyThisMachine) || !dataPlane(request, response))
          handler(request, response)
      }),
  })
  addBodyParsers(app, options.nestingMax)
  app.addHook('onRequest', async (request, reply) => {
    const refusal = refusalOf(request.raw, onlyThisMachine)
    if (refusal !== undefined) throw refusal
    if (!takesBytes(request)) limitTime(request, timeoutMsMax, (failure) => sendProblem(failure, request, reply))
  })
  const { now } = options
  // Pages say how long ago something was by the clock of who wrote the time.
  if (now !== undefined) app.addHook('onSend', async (_, reply) => void reply.header('date', new Date(now()).toUTCString()))
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  app.setNotFoundHandler((request) => {
    throw addressUnknown(request)
  })
  const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    const isCutOff = request.raw.readableAborted
    const problem = problemOf(error, { requestId: request.id, log, bodyBytesMax, isCutOff })
    if (isArriving(request.raw) && !reply.sent) return sendAndLinger(problem, reply)
    if (problem.status === 503) reply.header('retry-after', '1')
    void reply.status(problem.status).type(PROBLEM_TYPE).send(problem)
  }
  for (const route of options.routes) addRoute(app, route, options)
  options.pages?.(app)

  return Object.freeze({
    app,
    async listen(host: string, port: number): Promise<RunningServer> {
      onlyThisMachine = isThisMachine(host)
      try {
        await app.listen({ host, port })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortInUse({ host, port })
        throw error
      }
      const address = app.server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
      return Object.freeze({ url: `http://${shown}:${bound}`, host, port: bound, close: () => app.close() })
    },
  })
}

/** Answers before the body is there, and closes: what still comes of it is not read. */
function sendAndLinger(problem: Problem, reply: FastifyReply): void {
  reply.hijack()
  const text = JSON.stringify(problem)
  reply.raw.writeHead(problem.status, {
    'content-type': PROBLEM_TYPE,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  reply.raw.write(text)
  lingerThenEnd(reply.raw)
}

const addressUnknown = ({ method, url }: FastifyRequest) => new AddressUnknown({ method, path: url.split('?')[0]!.slice(0, 200) })

const NOTHING: AsyncIterable<Uint8Array> = Readable.from([])

/** Marks routes that take a file. */
interface RouteConfig {
  readonly takesBytes?: boolean
}
const takesBytes = ({ routeOptions }: FastifyRequest) => (routeOptions.config as RouteConfig).takesBytes === true

function addRoute<Services>(app: FastifyInstance, { endpoint, handle }: Route<Services>, options: ServerOptions<Services>): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    ...(endpoint.body === 'bytes'
      ? { config: { takesBytes: true }, onRequest: (request) => expectBytes(request, options.uploadBytesMax) }
      : {}),
    async handler(request, reply) {
      const gone = new AbortController()
      request.raw.once('close', () => request.raw.readableAborted && gone.abort())
      reply.raw.once('close', () => !reply.raw.writableFinished && gone.abort())
      const answer = await handle(
        {
          params: parsePart(endpoint.params, request.params, 'path'),
          query: parsePart(endpoint.query, request.query, 'query'),
          body: bodyOf(endpoint.body, request),
          bytes: endpoint.body === 'bytes' ? request.raw.iterator({ destroyOnReturn: false }) : NOTHING,
          actor: actorOf(request, options.actorDefault),
          lastEventId: headerOf(request, 'last-event-id'),
          signal: gone.signal,
        },
        options.services,
      )
      if (endpoint.reply === 'events') return sendEvents(reply, answer as EventReply)
      return endpoint.reply === 'bytes' ? sendFile(reply, answer as FileReply) : reply.send(answer)
    },
  })
}

function bodyOf(body: Route<unknown>['endpoint']['body'], request: FastifyRequest): unknown {
  if (body === undefined || body === 'bytes') return undefined
  // A page of another origin can post a form or plain text without asking; it cannot post JSON.
  const contentType = request.headers['content-type'] ?? ''
  if (!isJson(contentType)) throw new BodyNotJson({ contentType })
  return parsePart(body, request.body, 'body')
}

function actorOf(request: FastifyRequest, fallback: string): string {
  const claimed = request.headers['x-actor']
  if (typeof claimed !== 'string' || claimed === '') return fallback
  try {
    return (
      decodeURIComponent(claimed)
        .slice(0, 200)
        .toWellFormed()
        .replaceAll(/\p{C}+/gu, ' ')
        .trim() || fallback
    )
  } catch {
    return fallback
  }
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value.slice(0, 100) : undefined
}

/** Nothing between here and the reader may keep, change or hold back what is sent. */
function sendEvents(reply: FastifyReply, { events }: EventReply): FastifyReply {
  return reply
    .header('cache-control', 'no-store, no-transform')
    .header('x-accel-buffering', 'no')
    .type('text/event-stream; charset=utf-8')
    .send(events)
}

function sendFile(reply: FastifyReply, file: FileReply): FastifyReply {
  return reply
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    .header('content-length', file.bytes)
    .type('application/octet-stream')
    .send(file.stream)
}
