/** Changing something on the server. When it is done, what shows the topics is read again; the event would come, too, later. */
import type { Endpoint } from '@seaworthy/api/endpoint'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { client } from './client.ts'
import { refresh } from './refresh.ts'
import type { Topic } from './topics.ts'

export function useAction<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  endpoint: Endpoint<P, Q, B, R>,
  topics: readonly Topic[],
) {
  const queries = useQueryClient()
  return useMutation<z.output<R>, Error, { readonly params?: z.input<P>; readonly body?: z.input<B> }>({
    mutationFn: (input) => client.call(endpoint, input),
    onSuccess: () => refresh(queries, topics),
  })
}
