/** What may arrive as a body, and for how long: JSON within the time of a request, files for as long as they keep coming. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { BlobTooLarge } from '../../platform/blobs/errors.ts'
import { BodyNotBytes, BodyTooSlow } from './errors.ts'
import { parseJsonBody } from './json-body.ts'

/** An upload of which nothing came for this long, in milliseconds, is given up. */
const UPLOAD_IDLE_MS_MAX = 60_000
const JSON_TYPE = /^application\/(.+\+)?json\s*(;|$)/i
const BYTES_TYPE = 'application/octet-stream'

export const isJson = (contentType: string) => JSON_TYPE.test(contentType)

/** JSON is read whole; everything else is left to the route, which refuses it or reads it as a stream. */
export function addBodyParsers(app: FastifyInstance, nestingMax: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, async (_: FastifyRequest, body: Buffer) =>
    parseJsonBody(body, nestingMax),
  )
  app.addContentTypeParser('*', (_, payload, done) => done(null, payload))
}

/** For a route that takes a file. Throws BodyNotBytes, and BlobTooLarge by the announced length. */
export async function expectBytes({ headers, raw }: FastifyRequest, bytesMax: number): Promise<void> {
  const contentType = headers['content-type'] ?? ''
  if (contentType.split(';')[0]!.trim().toLowerCase() !== BYTES_TYPE) throw new BodyNotBytes({ contentType })
  if (Number(headers['content-length'] ?? 0) > bytesMax) throw new BlobTooLarge({ bytesMax })
  raw.setTimeout?.(UPLOAD_IDLE_MS_MAX, () => raw.destroy())
}

/** Whether something of the request is still to come. A local call has come whole, and has no flag that says so. */
export const isArriving = (raw: IncomingMessage) => 'complete' in raw && !raw.complete

/** For any other route: `tooSlow` is told when the body is not there in time. */
export function limitTime({ raw }: FastifyRequest, msMax: number, tooSlow: (failure: Error) => void): void {
  if (!isArriving(raw)) return
  const timer = setTimeout(() => {
    if (!raw.complete) tooSlow(new BodyTooSlow({ msMax }))
  }, msMax)
  timer.unref()
  raw.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer))
}
