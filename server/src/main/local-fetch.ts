/**
 * `fetch` to a server in this process, without a socket: a command that finds no running server calls the same routes by the
 * same client, and nobody else on the machine can reach them meanwhile.
 */
import type { FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'

/** Statuses whose responses may have no body. */
const EMPTY = new Set([204, 205, 304])

export function createLocalFetch(app: FastifyInstance): typeof fetch {
  return async (address, init = {}) => {
    const { pathname, search } = new URL(address instanceof Request ? address.url : address)
    const { signal } = init
    signal?.throwIfAborted()
    const payload = payloadOf(init.body)
    const reply = await app.inject({
      method: (init.method ?? 'GET') as 'GET' | 'POST' | 'PUT',
      url: pathname + search,
      headers: { host: 'localhost', ...Object.fromEntries(new Headers(init.headers)) },
      ...(payload === undefined ? {} : { payload }),
      ...(signal ? { signal } : {}),
      payloadAsStream: true,
    })
    const headers = Object.entries(reply.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    )
    const body = EMPTY.has(reply.statusCode) ? null : (Readable.toWeb(reply.stream()) as ReadableStream<Uint8Array>)
    return new Response(body, { status: reply.statusCode, headers })
  }
}

function payloadOf(body: RequestInit['body']): string | Buffer | Readable | undefined {
  if (body === null || body === undefined) return undefined
  if (typeof body === 'string') return body
  if (body instanceof ReadableStream) return Readable.fromWeb(body as NodeReadableStream)
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  throw new TypeError('The client sends text, bytes or a stream.')
}
