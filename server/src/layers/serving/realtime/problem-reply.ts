/** Failures as `application/problem+json` (RFC 9457), in the form that the control plane uses too. */
import type { ServerResponse } from 'node:http'
import { AppError } from '../../../kernel/errors.ts'
import type { Log } from '../../../kernel/log.ts'
import { lingerThenEnd } from '../../../platform/http/linger-then-end.ts'

/** Answers with a failure; returns the status. What is not expected is a bug: 500, logged with its stack, nothing leaked. */
export function sendProblem(response: ServerResponse, failure: unknown, requestId: string, log: Log, close = false): number {
  const problem = problemOf(failure, requestId, log)
  if (response.headersSent || response.destroyed) return problem.status
  const text = JSON.stringify(problem)
  const retryAfterS = retryAfterOf(failure)
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'x-request-id': requestId,
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    ...(close ? { connection: 'close' } : {}),
  })
  response.write(text)
  if (close) lingerThenEnd(response)
  else response.end()
  return problem.status
}

function problemOf(failure: unknown, requestId: string, log: Log) {
  if (!(failure instanceof AppError)) {
    log.error('request failed', { requestId, error: failure instanceof Error ? failure.stack : String(failure) })
    return {
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      code: 'INTERNAL',
      detail: 'This is a bug of the server, not of the request.',
      hint: `Report it with the log of request ${requestId}.`,
      requestId,
    }
  }
  const { code, status, message, hint, details } = failure
  return {
    type: `https://seaworthy.dev/errors/${code}`,
    title: code.toLowerCase().replaceAll('_', ' '),
    status,
    code,
    detail: message,
    hint,
    details,
    requestId,
  }
}

function retryAfterOf(failure: unknown): number | undefined {
  if (!(failure instanceof AppError) || failure.status !== 503) return undefined
  const { details } = failure
  if (typeof details === 'object' && details !== null && 'retryAfterS' in details) return Number(details.retryAfterS)
  return 1
}
