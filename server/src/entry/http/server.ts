/**
 * The HTTP server of the control plane. Predictions do not pass through its framework: what the data plane claims is
 * answered by the data plane, on the same port, at the speed it has alone.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { FileReply } from '../../kernel/file-reply.ts'
import type { Log } from '../../kernel/log.ts'
import type { Route } from './define-route.ts'
import { AddressUnknown, BodyNotJson, HostRefused, OriginRefused, PortInUse, RequestInvalid } from './errors.ts'
import { problemOf, PROBLEM_TYPE } from './problem.ts'

export interface ServerOptions<Services> {
  readonly routes: readonly Route<Services>[]
  readonly services: Services
  readonly log: Log
  readonly bodyBytesMax: number
  readonly uploadBytesMax: number
  /** Who asks when a request does not say. */
  readonly actorDefault: string
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

const HOSTS_OF_THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

export function createHttpServer<Services>(options: ServerOptions<Services>) {
  const { log, bodyBytesMax, dataPlane } = options
  let onlyThisMachine = false
  const app = fastify({
    bodyLimit: bodyBytesMax,
    genReqId: () => randomUUID(),
    forceCloseConnections: 'idle',
    serverFactory: (handler) =>
      createServer({ requestTimeout: 0, headersTimeout: 20_000 }, (request, response) => {
        if (dataPlane === undefined || !dataPlane(request, response)) handler(request, response)
      }),
  })
  app.addContentTypeParser('application/octet-stream', { bodyLimit: options.uploadBytesMax }, (_, payload, done) =>
    done(null, payload),
  )
  app.addHook('onRequest', async (request) => {
    const host = request.host.replace(/:\d+$/, '')
    if (onlyThisMachine && !HOSTS_OF_THIS_MACHINE.has(host)) throw new HostRefused({ host })
    const { origin } = request.headers
    if (origin !== undefined && request.method !== 'GET' && !isSameOrigin(origin, request.host))
      throw new OriginRefused({ origin })
  })
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  app.setNotFoundHandler((request) => {
    throw new AddressUnknown({ method: request.method, path: request.url.split('?')[0]! })
  })
  const sendProblem = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const problem = problemOf(error, { requestId: request.id, log, bodyBytesMax })
    if (problem.status === 503) reply.header('retry-after', '1')
    return reply.status(problem.status).type(PROBLEM_TYPE).send(problem)
  }
  for (const route of options.routes) addRoute(app, route, options)
  options.pages?.(app)

  return Object.freeze({
    app,
    async listen(host: string, port: number): Promise<RunningServer> {
      onlyThisMachine = HOSTS_OF_THIS_MACHINE.has(host)
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

/** Browsers send `Origin` with every change that a page asks for; programs send none. */
const isSameOrigin = (origin: string, host: string) => URL.canParse(origin) && new URL(origin).host === host

function addRoute<Services>(app: FastifyInstance, { endpoint, handle }: Route<Services>, options: ServerOptions<Services>): void {
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    ...(endpoint.body === 'bytes' ? { bodyLimit: options.uploadBytesMax } : {}),
    async handler(request, reply) {
      const gone = new AbortController()
      request.raw.once('close', () => request.raw.readableAborted && gone.abort())
      reply.raw.once('close', () => !reply.raw.writableFinished && gone.abort())
      const answer = await handle(
        {
          params: parse(endpoint.params, request.params, 'path'),
          query: parse(endpoint.query, request.query, 'query'),
          body: bodyOf(endpoint.body, request),
          bytes: request.raw,
          actor: actorOf(request, options.actorDefault),
          signal: gone.signal,
        },
        options.services,
      )
      return endpoint.reply === 'bytes' ? sendFile(reply, answer as FileReply) : reply.send(answer)
    },
  })
}

function bodyOf(body: Route<unknown>['endpoint']['body'], request: FastifyRequest): unknown {
  if (body === undefined || body === 'bytes') return undefined
  // A page of another origin can post a form or plain text without asking; it cannot post JSON.
  const contentType = request.headers['content-type'] ?? ''
  if (!/^application\/(.+\+)?json\b/i.test(contentType)) throw new BodyNotJson({ contentType })
  return parse(body, request.body, 'body')
}

function parse(schema: z.ZodType, value: unknown, place: string): unknown {
  const parsed = schema.safeParse(value ?? {})
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${[place, ...path].join('.')}: ${message}`)
  throw new RequestInvalid({ problems: problems.slice(0, 20) })
}

function actorOf(request: FastifyRequest, fallback: string): string {
  const claimed = request.headers['x-actor']
  if (typeof claimed !== 'string' || claimed === '') return fallback
  try {
    return decodeURIComponent(claimed).slice(0, 200)
  } catch {
    return fallback
  }
}

function sendFile(reply: FastifyReply, file: FileReply): FastifyReply {
  return reply
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`)
    .header('content-length', file.bytes)
    .type('application/octet-stream')
    .send(file.stream)
}
