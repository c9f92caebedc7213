/**
 * A connection before there is a request: how long its headers may take, and what is answered to bytes that are not HTTP. The
 * same for the control plane and for a data plane alone.
 */
import { STATUS_CODES, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { silentLog } from '../../kernel/log.ts'
import { HeadersTooLarge, HeadersTooSlow, HttpMalformed } from './errors.ts'
import { problemOf, PROBLEM_TYPE } from './problem.ts'

const HEADERS_MS_MAX = 20_000
/** Overdue headers are looked for this many times within the time that they have. */
const LOOKS = 4

/** Options of `http.createServer`. Bodies have limits of their own, by what they are for. */
export function connectionOptions(timeoutMsMax: number): ServerOptions {
  const headersTimeout = Math.min(HEADERS_MS_MAX, timeoutMsMax)
  return {
    requestTimeout: 0,
    headersTimeout,
    connectionsCheckingInterval: Math.ceil(headersTimeout / LOOKS),
    // A request without a Host is answered by our own rules, with a reason.
    requireHostHeader: false,
  }
}

/** For `clientError`: says what is wrong with the bytes and closes. An answer that has begun is only cut. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  const answering = (socket as { _httpMessage?: { readonly headersSent: boolean } | null })._httpMessage?.headersSent === true
  if (error.code !== 'ECONNRESET' && socket.writable && !answering) socket.write(answerOf(error))
  ;(socket as Socket).destroySoon()
}

function answerOf({ code, message }: NodeJS.ErrnoException): string {
  const failure =
    code === 'HPE_HEADER_OVERFLOW'
      ? new HeadersTooLarge({})
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new HeadersTooSlow({})
        : new HttpMalformed({ explanation: message.replace(/^Parse Error: /, '').slice(0, 100) || 'it breaks off' })
  const { requestId: _, ...problem } = problemOf(failure, { requestId: '', log: silentLog })
  const text = JSON.stringify(problem)
  return [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    '',
    text,
  ].join('\r\n')
}
