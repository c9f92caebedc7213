/** The one table from a failure to what crosses the wire (RFC 9457). A bug leaks nothing but an id to find it by. */
import type { Problem } from '@seaworthy/api/problem'
import { AppError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import { BodyCutOff, BodyMalformed, BodyNotJson, BodyTooLarge } from './errors.ts'

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export interface ProblemContext {
  readonly requestId: string
  readonly log: Log
  /** Limit of a JSON body, for the message when it was passed. */
  readonly bodyBytesMax?: number
  /** True when the sender has gone. */
  readonly isCutOff?: boolean
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
function expected(error: unknown, { bodyBytesMax = 0, isCutOff = false }: ProblemContext): AppError | undefined {
  if (error instanceof AppError) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (isCutOff && (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')) return new BodyCutOff({})
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new BodyTooLarge({ bytesMax: bodyBytesMax })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE')
    return new BodyNotJson({ contentType: 'a body without a valid type' })
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new BodyMalformed({ explanation: 'its length is not the one it claims' })
  return undefined
}
