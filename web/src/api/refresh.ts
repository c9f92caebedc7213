import type { QueryClient } from '@tanstack/react-query'
import type { Topic } from './topics.ts'

/** Reads again what is on the screen and shows one of the topics; the rest of it when it is looked at. */
export const refresh = (queries: QueryClient, topics: readonly Topic[]): Promise<void> =>
  queries.invalidateQueries({ predicate: ({ meta }) => meta?.topics?.some((topic) => topics.includes(topic)) === true })
