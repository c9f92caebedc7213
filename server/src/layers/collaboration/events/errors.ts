import { defineError } from '../../../kernel/errors.ts'

/** More pages are open than this server tells of changes. HTTP 503. */
export const TooManyListeners = defineError({
  code: 'TOO_MANY_LISTENERS',
  status: 503,
  message: (d: { listenersMax: number }) => `${d.listenersMax} connections are told of changes already, and no more are.`,
  hint: () => 'Close pages that nobody looks at, or raise SEAWORTHY_EVENT_LISTENERS_MAX.',
})
