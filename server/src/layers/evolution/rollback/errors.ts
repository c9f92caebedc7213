import { defineError } from '../../../kernel/errors.ts'

/** Nowhere to go back to. HTTP 409. */
export const RollbackImpossible = defineError({
  code: 'ROLLBACK_IMPOSSIBLE',
  status: 409,
  message: (d: { deployment: string; explanation: string; former: readonly number[] }) =>
    `"${d.deployment}" cannot be rolled back: ${d.explanation}.`,
  hint: (d) =>
    d.former.length === 0
      ? 'Only a version that was champion of this deployment can be gone back to; seaworthy launch puts another one live.'
      : `Versions to go back to: ${d.former.join(', ')}; name one with --to.`,
})

/** A former version that is not in memory and cannot be found or loaded now. HTTP 503. */
export const RollbackTargetUnavailable = defineError({
  code: 'ROLLBACK_TARGET_UNAVAILABLE',
  status: 503,
  message: (d: { deployment: string; version?: number | undefined; explanation: string }) =>
    `${d.version === undefined ? 'The version before' : `Version ${d.version}`} of "${d.deployment}" is not loaded and cannot be loaded now: ${d.explanation}.`,
  hint: (d) =>
    d.version === undefined
      ? 'Look after the database first; GET /v1/server tells whether the server itself is well.'
      : 'Without --to the version before is taken, which is always loaded.',
})

/** HTTP 409. */
export const RollbackDrillImpossible = defineError({
  code: 'ROLLBACK_DRILL_IMPOSSIBLE',
  status: 409,
  message: (d: { deployment: string; explanation: string }) =>
    `A rollback of "${d.deployment}" cannot be rehearsed now: ${d.explanation}.`,
  hint: () => 'A drill needs a running server, a version before the champion, and no release under way.',
})
