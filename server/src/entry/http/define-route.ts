import type { Endpoint } from '@seaworthy/api/endpoint'
import type { z } from 'zod'
import type { EventReply } from '../../kernel/event-reply.ts'
import type { FileReply } from '../../kernel/file-reply.ts'

export interface RouteRequest<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The body of an endpoint that takes bytes; empty otherwise. It may be left unread. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** Who asks: the person or the process that is recorded as the author of a change. */
  readonly actor: string
  /** What a browser says when it comes back to a stream of events: the id of the last one it saw. */
  readonly lastEventId: string | undefined
  /** Aborted when the caller has gone or the server stops. */
  readonly signal: AbortSignal
}

export interface Route<Services> {
  readonly endpoint: Endpoint
  handle(request: RouteRequest<unknown, unknown, unknown>, services: Services): Promise<unknown>
}

/** Joins a declared endpoint to the code that answers it. What arrives has passed the endpoint's schemas. */
export const defineRoute =
  <Services>() =>
  <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
    endpoint: Endpoint<P, Q, B, R>,
    handle: (
      request: RouteRequest<z.output<P>, z.output<Q>, z.output<B>>,
      services: Services,
    ) => Promise<z.input<R> | ([R] extends [z.ZodNever] ? FileReply | EventReply : never)>,
  ): Route<Services> =>
    Object.freeze({ endpoint: endpoint as unknown as Endpoint, handle: handle as unknown as Route<Services>['handle'] })
