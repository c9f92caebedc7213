import { getJob, type Job } from '@seaworthy/api/platform'
import { useQuery } from '@tanstack/react-query'
import { apiQuery } from './api-query.ts'

const ASK_AGAIN_MS = 1_000
export const isOver = ({ state }: Job) => state === 'succeeded' || state === 'failed' || state === 'cancelled'

/** Work that takes a while, until it is over. Its events move it on; it is asked again now and then all the same. */
export const useJob = (id: string | undefined) =>
  useQuery({
    ...apiQuery(getJob, { params: { job: id ?? '' } }, ['jobs']),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data) ? false : ASK_AGAIN_MS),
  })
