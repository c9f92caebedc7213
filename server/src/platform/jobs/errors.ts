import { defineError } from '../../kernel/errors.ts'

/** A job id that nobody gave. HTTP 404. */
export const JobNotFound = defineError({
  code: 'JOB_NOT_FOUND',
  status: 404,
  message: (d: { id: string }) => `There is no job "${d.id}".`,
  hint: () => '`seaworthy jobs` lists them, as does GET /v1/jobs.',
})

/** Work that was stopped because somebody asked for it. HTTP 409. */
export const JobCancelled = defineError({
  code: 'JOB_CANCELLED',
  status: 409,
  message: (d: { id: string }) => `The job "${d.id}" was cancelled.`,
  hint: () => 'Ask for it again to start it anew.',
})

/** A job whose process died each time it was tried. HTTP 409. */
export const JobAbandoned = defineError({
  code: 'JOB_ABANDONED',
  status: 409,
  message: (d: { id: string; attempts: number }) => `The process that ran the job "${d.id}" died ${d.attempts} times.`,
  hint: () => 'Look for an out-of-memory kill in the log of the system, then ask for the job again.',
})
