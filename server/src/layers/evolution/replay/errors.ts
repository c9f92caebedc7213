import { defineError } from '../../../kernel/errors.ts'

/** No replay gave a report with this digest. HTTP 404. */
export const ReplayNotFound = defineError({
  code: 'REPLAY_NOT_FOUND',
  status: 404,
  message: (d: { digest: string }) => `There is no report of a replay with the digest ${d.digest}.`,
  hint: () => 'The result of a replay job names its report; `seaworthy replay DEPLOYMENT` makes one.',
})
