import { defineError } from '../../kernel/errors.ts'

/** A place that this program may not write to. HTTP 507. */
export const StorageUnwritable = defineError({
  code: 'STORAGE_UNWRITABLE',
  status: 507,
  message: (d: { path: string; explanation: string }) => `${d.path} cannot be written to: ${d.explanation}.`,
  hint: () => 'Make the folder writable for this user, or set SEAWORTHY_HOME to a folder that is.',
})

/** A disk without space. HTTP 507. */
export const StorageFull = defineError({
  code: 'STORAGE_FULL',
  status: 507,
  message: (d: { path: string }) => `The disk that holds ${d.path} is full.`,
  hint: () => 'Free some space and try again; nothing was half-written.',
})

/** A name that leads out of the folder it belongs to. HTTP 422. */
export const PathEscapes = defineError({
  code: 'PATH_ESCAPES',
  status: 422,
  message: (d: { path: string }) => `The path "${d.path}" leads out of its folder.`,
  hint: () => 'Use a relative path without "..".',
})

/** The folder belongs to another process that is alive. HTTP 409. */
export const ServerAlreadyRunning = defineError({
  code: 'SERVER_ALREADY_RUNNING',
  status: 409,
  message: (d: { home: string; pid?: number | undefined; url?: string | undefined }) =>
    `Another Seaworthy process${d.pid === undefined ? '' : ` (pid ${d.pid})`} holds ${d.home}${d.url === undefined ? '' : ` and answers at ${d.url}`}.`,
  hint: () => 'Use that one, stop it with `seaworthy stop`, or set SEAWORTHY_HOME to a folder of your own.',
})
