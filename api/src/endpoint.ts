/**
 * One HTTP call, declared once: the server validates and documents by it, the typed client speaks by it. A field that
 * is added here is at once checked, in the OpenAPI document and in the client, and cannot be forgotten in one of them.
 */
import { z } from 'zod'

export interface Endpoint<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Reply extends z.ZodType = z.ZodType,
> {
  /** Stable name: the operationId of the OpenAPI document. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Path with `:name` for each key of `params`. */
  readonly path: string
  readonly summary: string
  readonly layer: 'model' | 'serving' | 'operations' | 'evolution' | 'collaboration' | 'platform'
  readonly params: Params
  readonly query: Query
  /** A JSON document, or `bytes` for a body that is streamed to disk. */
  readonly body: Body | 'bytes' | undefined
  /** A JSON document, `bytes` for a file that is streamed to the caller, or `events` for server-sent events. */
  readonly reply: Reply | 'bytes' | 'events'
}

const nothing = z.object({})
type Nothing = typeof nothing

interface EndpointSpec<P, Q, B, R> {
  readonly id: string
  readonly method: Endpoint['method']
  readonly path: string
  readonly summary: string
  readonly layer: Endpoint['layer']
  readonly params?: P
  readonly query?: Q
  readonly body?: B | 'bytes'
  readonly reply: R | 'bytes' | 'events'
}

export function defineEndpoint<
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = z.ZodNever,
  R extends z.ZodType = z.ZodNever,
>(spec: EndpointSpec<P, Q, B, R>): Endpoint<P, Q, B, R> {
  return Object.freeze({
    ...spec,
    params: spec.params ?? (nothing as unknown as P),
    query: spec.query ?? (nothing as unknown as Q),
    body: spec.body,
  })
}

/** A page of a list, newest first: `next` is the cursor of the following page, absent on the last. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() })

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Most entries in the answer.'),
  cursor: z.string().max(200).optional().describe('`next` of the page before.'),
})

/** A model or a deployment. */
export const Name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'a name has lower-case letters, digits and dashes, at most 63')
  .describe('Lower-case letters, digits and dashes, at most 63.')
export const VersionNumber = z.coerce.number().int().min(1).describe('Version number: 1, 2, 3 ...')
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'a digest is 64 hexadecimal digits')
/** Milliseconds since 1970 in UTC, up to the end of the year 9999: what every calendar and database here can hold. */
export const TimeMs = z
  .int()
  .min(0, 'a time is in milliseconds since 1970')
  .max(253_402_300_799_999, 'a time is before the year 10000')
/** Why, in the words of who asks; kept in the audit log. */
export const Reason = z.string().min(1).max(2_000)
