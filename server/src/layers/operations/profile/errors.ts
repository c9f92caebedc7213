import { defineError } from '../../../kernel/errors.ts'

/** Profiles of other columns, or on other bins. HTTP 422. */
export const ProfilesDiffer = defineError({
  code: 'PROFILES_DIFFER',
  status: 422,
  message: (d: { reason: string }) => `These profiles cannot be put together: ${d.reason}.`,
  hint: () => 'Merge and compare profiles of one deployment whose version has the same baseline.',
})

/** Stored text that is no profile. HTTP 422. */
export const ProfileUnreadable = defineError({
  code: 'PROFILE_UNREADABLE',
  status: 422,
  message: (d: { reason: string }) => `The stored profile cannot be read: ${d.reason}.`,
  hint: () => 'Profile the window again from the journal.',
})
