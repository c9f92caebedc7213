import { defineError } from '../../kernel/errors.ts'

/** A metadata file that SQLite cannot open. HTTP 507. */
export const DatabaseUnreadable = defineError({
  code: 'DATABASE_UNREADABLE',
  status: 507,
  message: (d: { file: string; explanation: string }) => `The metadata file ${d.file} cannot be opened: ${d.explanation}.`,
  hint: () => 'Check that the disk is mounted, has space and may be written to by this user; SEAWORTHY_HOME names the folder.',
})

/** A PostgreSQL that does not answer, or does not let this program in. HTTP 503. */
export const DatabaseUnreachable = defineError({
  code: 'DATABASE_UNREACHABLE',
  status: 503,
  message: (d: { address: string; explanation: string }) => `The database at ${d.address} cannot be used: ${d.explanation}.`,
  hint: () => 'Check that PostgreSQL runs there, and the host, user, password and database name in SEAWORTHY_DATABASE_URL.',
})

/** Tables that a newer version of the program made. HTTP 409. */
export const DatabaseNewer = defineError({
  code: 'DATABASE_NEWER',
  status: 409,
  message: (d: { unknown: readonly string[] }) => `A newer version of Seaworthy made this database (${d.unknown.join(', ')}).`,
  hint: () => 'Use that version or a newer one; the older one would damage what it does not know.',
})
