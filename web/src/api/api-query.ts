/**
 * Reading from the server: a query is an endpoint of `api/`, its input, and the topics that make it stale. Types come from the
 * endpoint; the key is made of the same things, so that two pages that ask the same share one answer.
 */
import type { Endpoint } from '@seaworthy/api/endpoint'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { z } from 'zod'
import { client } from './client.ts'
import type { Topic } from './topics.ts'

interface Input<P extends z.ZodType, Q extends z.ZodType> {
  readonly params?: z.input<P>
  readonly query?: Partial<z.input<Q>>
}

/** Without topics the answer never changes: a version, a check, the report of a replay. */
export function apiQuery<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  endpoint: Endpoint<P, Q, B, R>,
  input: Input<P, Q>,
  topics: readonly Topic[],
) {
  return queryOptions<z.output<R>>({
    queryKey: [endpoint.id, input.params ?? {}, input.query ?? {}],
    queryFn: ({ signal }) => client.call(endpoint, { ...input, signal }),
    placeholderData: keepPreviousData,
    meta: { topics },
  })
}

interface PageOf {
  readonly items: readonly unknown[]
  readonly next?: string | undefined
}

/** A list that is read page by page, for `useInfiniteQuery`. */
export function apiPages<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType<PageOf>>(
  endpoint: Endpoint<P, Q, B, R>,
  input: Input<P, Q>,
  topics: readonly Topic[],
) {
  return infiniteQueryOptions({
    queryKey: [endpoint.id, 'pages', input.params ?? {}, input.query ?? {}],
    queryFn: ({ signal, pageParam }) =>
      client.call(endpoint, {
        ...input,
        query: { ...input.query, ...(pageParam === '' ? {} : { cursor: pageParam }) } as Partial<z.input<Q>>,
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    meta: { topics },
  })
}
