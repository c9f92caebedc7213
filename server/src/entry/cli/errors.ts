import { defineError } from '../../kernel/errors.ts'

/** A file named on the command line that is not there. HTTP 404, exit code 4. */
export const FileMissing = defineError({
  code: 'FILE_MISSING',
  status: 404,
  message: (d: { file: string }) => `There is no file ${d.file}.`,
  hint: () => 'Paths are relative to the folder that the command is run in.',
})

/** A path named on the command line that is a folder, or a file that cannot be read. HTTP 422. */
export const FileUnfit = defineError({
  code: 'FILE_UNFIT',
  status: 422,
  message: (d: { file: string; explanation: string }) => `${d.file} cannot be used: ${d.explanation}.`,
  hint: () => 'Name one readable file.',
})

/** A file that another program wrote to while it was being sent. HTTP 409. */
export const FileChanged = defineError({
  code: 'FILE_CHANGED',
  status: 409,
  message: (d: { file: string }) => `${d.file} was changed while it was being sent.`,
  hint: () => 'Run the command again once the file is finished.',
})

/** A name after `@` that is neither a version nor an alias. HTTP 404, exit code 4. */
export const ReferenceUnknown = defineError({
  code: 'REFERENCE_UNKNOWN',
  status: 404,
  message: (d: { reference: string; model: string; versionLast: number; aliases: readonly string[] }) =>
    d.versionLast === 0 ? `The model "${d.model}" has no version yet.` : `"${d.reference}" names no version of "${d.model}".`,
  hint: (d) =>
    d.versionLast === 0
      ? 'Bring one with `seaworthy push`.'
      : `There are the versions 1 to ${d.versionLast}${d.aliases.length === 0 ? '' : ` and the aliases ${d.aliases.join(', ')}`}.`,
})

/** A server in the background that ended before it was ready, or took too long. HTTP 503. */
export const ServerNotStarted = defineError({
  code: 'SERVER_NOT_STARTED',
  status: 503,
  message: (d: { explanation: string; logFile: string }) => `The server did not start: ${d.explanation}`,
  hint: (d) => `The whole story is in ${d.logFile}; \`seaworthy start\` runs it in the foreground.`,
})
