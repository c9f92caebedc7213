import { defineError } from '../../../kernel/errors.ts'

/** A number that no incident has. HTTP 404. */
export const IncidentNotFound = defineError({
  code: 'INCIDENT_NOT_FOUND',
  status: 404,
  message: (d: { id: number }) => `There is no incident ${d.id}.`,
  hint: () => '`seaworthy incidents --all` lists them.',
})

/** An incident that has ended takes no acknowledgement and no silence. HTTP 409. */
export const IncidentAlreadyResolved = defineError({
  code: 'INCIDENT_ALREADY_RESOLVED',
  status: 409,
  message: (d: { id: number; by: string }) => `Incident ${d.id} was resolved by ${d.by}.`,
  hint: (d) => `Say whether it was worth the alarm: seaworthy incidents resolve ${d.id} --verdict real.`,
})

/** A silence that is over before it begins, or too long to remember. HTTP 422. */
export const SilenceUnfit = defineError({
  code: 'SILENCE_UNFIT',
  status: 422,
  message: (d: { explanation: string }) => `This cannot be silenced so: ${d.explanation}.`,
  hint: (d: { explanation: string; daysMax: number }) => `Say for how long, at most ${d.daysMax} days, and why.`,
})

/** A cursor that is none. HTTP 422. */
export const IncidentCursorInvalid = defineError({
  code: 'INCIDENT_CURSOR_INVALID',
  status: 422,
  message: (d: { cursor: string }) => `"${d.cursor}" is no cursor of the incidents.`,
  hint: () => 'Use `next` of the page before, or none for the newest.',
})
