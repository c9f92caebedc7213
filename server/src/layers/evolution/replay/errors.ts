import { defineError } from '../../../kernel/errors.ts'

/** No replay gave a report with this digest. HTTP 404. */
export const ReplayNotFound = defineError({
  code: 'REPLAY_NOT_FOUND',
  status: 404,
  message: (d: { digest: string }) => `There is no report of a replay with the digest ${d.digest}.`,
  hint: () => 'The result of a replay job names its report; `seaworthy replay DEPLOYMENT` makes one.',
})

/** A version is loaded for each prediction that is asked again while somebody waits. HTTP 503. */
export const ReplayBusy = defineError({
  code: 'REPLAY_BUSY',
  status: 503,
  message: (d: { running: number }) => `${d.running} predictions are asked again at this moment.`,
  hint: () => 'Ask again in a moment, or replay many at once: seaworthy replay.',
})
