/** The one table from a failure to what crosses the wire (RFC 9457). A bug leaks nothing but an id to find it by. */
import type { Problem } from '@seaworthy/api/problem'
import { AppError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { BodyMalformed, BodyTooLarge } from './errors.ts'

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export interface ProblemContext {
  readonly requestId: string
  readonly log: Log
  readonly bodyBytesMax: number
}

export function problemOf(error: unknown, context: ProblemContext): Problem {
  const failure = expected(error, context)
  if (failure === undefined) {
    context.log.error('request failed', {
      requestId: context.requestId,
      error: error instanceof Error ? error.stack : String(error),
    })
    return {
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      code: 'INTERNAL',
      detail: 'This is a bug of the server, not of the request.',
      hint: `Report it with the log of request ${context.requestId}.`,
      requestId: context.requestId,
    }
  }
  return {
    type: `https://seaworthy.dev/errors/${failure.code}`,
    title: failure.code.toLowerCase().replaceAll('_', ' '),
    status: failure.status,
    code: failure.code,
    detail: failure.message,
    hint: failure.hint,
    details: failure.details,
    requestId: context.requestId,
  }
}

/** Failures of the framework are told in our own words; anything else that is not expected is a bug. */
function expected(error: unknown, { bodyBytesMax }: ProblemContext): AppError | undefined {
  if (error instanceof AppError) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new BodyTooLarge({ bytesMax: bodyBytesMax })
  if (error instanceof SyntaxError || code === 'FST_ERR_CTP_INVALID_JSON_BODY' || code === 'FST_ERR_CTP_EMPTY_JSON_BODY')
    return new BodyMalformed({ explanation: error instanceof Error ? error.message : 'not JSON' })
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new BodyMalformed({ explanation: 'its length is not the one it claims' })
  return undefined
}
