/**
 * Receiving a request's body under limits: on the length announced, on the bytes that come (which a chunked body does not
 * announce), and on the bytes that all unfinished bodies hold together, because many slow senders are one large one.
 */
import type { IncomingMessage } from 'node:http'
import { Overloaded, PredictionBodyTooLarge, PredictionEncodingUnsupported } from './errors.ts'

/** Unfinished bodies may hold this many times the largest body. */
const UNFINISHED_BODIES_MAX = 32

export interface BodyReader {
  /** Calls `done` once, with the failure or the whole body; never, when the sender goes away. Returns bytes received so far. */
  read(request: IncomingMessage, done: (failure: unknown, body: Buffer) => void): () => number
}

const NO_BYTES = Buffer.alloc(0)

export function createBodyReader(bytesMax: number): BodyReader {
  const unfinishedBytesMax = bytesMax * UNFINISHED_BODIES_MAX
  let unfinishedBytes = 0

  /** Collects a body that does not come in one piece. */
  function collect(request: IncomingMessage, first: Buffer, length: number, done: (failure: unknown, body: Buffer) => void) {
    const chunks: Buffer[] = []
    let received = 0
    let isDone = false
    const finish = (failure: unknown) => {
      if (isDone) return
      isDone = true
      unfinishedBytes -= received
      done(failure, failure === undefined ? Buffer.concat(chunks) : NO_BYTES)
    }
    const add = (chunk: Buffer) => {
      if (isDone) return
      chunks.push(chunk)
      received += chunk.length
      unfinishedBytes += chunk.length
      if (received > bytesMax) finish(new PredictionBodyTooLarge({ bytesMax }))
      else if (unfinishedBytes > unfinishedBytesMax) finish(new Overloaded({ rowsWaiting: 0, rowsMax: 0, retryAfterS: 1 }))
      else if (received === length) finish(undefined)
    }
    add(first)
    request.on('close', () => {
      if (isDone) return
      isDone = true
      unfinishedBytes -= received
    })
    return { add, end: () => finish(undefined), received: () => received }
  }

  return Object.freeze({
    read(request: IncomingMessage, done: (failure: unknown, body: Buffer) => void) {
      const encoding = request.headers['content-encoding']
      const announced = request.headers['content-length']
      const length = announced === undefined ? -1 : Number(announced)
      if (encoding !== undefined && encoding !== 'identity') {
        done(new PredictionEncodingUnsupported({ encoding: encoding.slice(0, 40) }), NO_BYTES)
        return () => 0
      }
      if (length > bytesMax) {
        done(new PredictionBodyTooLarge({ bytesMax }), NO_BYTES)
        return () => 0
      }
      let collecting: ReturnType<typeof collect> | undefined
      request.on('data', (chunk: Buffer) => {
        if (collecting !== undefined) collecting.add(chunk)
        else if (chunk.length === length) done(undefined, chunk)
        else collecting = collect(request, chunk, length, done)
      })
      if (length <= 0)
        request.on('end', () => {
          if (collecting === undefined) done(undefined, NO_BYTES)
          else collecting.end()
        })
      return () => collecting?.received() ?? 0
    },
  })
}
