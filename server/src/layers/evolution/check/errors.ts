import { defineError } from '../../../kernel/errors.ts'

/** HTTP 404. */
export const CheckNotFound = defineError({
  code: 'CHECK_NOT_FOUND',
  status: 404,
  message: (d: { check: string }) => `There is no check "${d.check}".`,
  hint: () => '`seaworthy show MODEL@VERSION` lists the checks of a version; `seaworthy check` makes one.',
})

/** Neither the caller nor the package brought a contract, and without one there is nothing to check. HTTP 422. */
export const CheckContractMissing = defineError({
  code: 'CHECK_CONTRACT_MISSING',
  status: 422,
  message: (d: { model: string; version: number }) =>
    `There is no contract to check ${d.model}@${d.version} against: its package came without one.`,
  hint: () => 'Run the command in the folder of seaworthy.yaml, or name it with --contract; seaworthy init writes one.',
})

/** The contract asks for what only data can show, and there is none. HTTP 422. */
export const CheckDataMissing = defineError({
  code: 'CHECK_DATA_MISSING',
  status: 422,
  message: (d: { model: string; gates: readonly string[] }) =>
    `There is no evaluation data of "${d.model}", and its contract needs some for: ${d.gates.join(', ')}.`,
  hint: () => 'Bring rows that the model has not seen, with outcomes: seaworthy check MODEL@VERSION --evaluation FILE.',
})

/** An evaluation file that was announced and is not here. HTTP 422. */
export const CheckUploadMissing = defineError({
  code: 'CHECK_UPLOAD_MISSING',
  status: 422,
  message: (d: { file: string; digest: string }) => `The evaluation file ${d.file} (sha256 ${d.digest}) is not on this server.`,
  hint: () => 'Bring it by POST /v1/uploads first; the commands do that by themselves.',
})

/** The model was trained on exactly these rows, so they say nothing about rows that it has not seen. HTTP 422. */
export const CheckDataSeen = defineError({
  code: 'CHECK_DATA_SEEN',
  status: 422,
  message: (d: { model: string; version: number; file: string }) => `${d.model}@${d.version} was trained on ${d.file} itself.`,
  hint: () => 'Bring rows that were kept apart from training, best from a later time.',
})
