import { defineError } from '../../../kernel/errors.ts'

/** A model that nobody pushed. HTTP 404. */
export const ModelNotFound = defineError({
  code: 'MODEL_NOT_FOUND',
  status: 404,
  message: (d: { model: string; nearest?: string | undefined }) =>
    `There is no model "${d.model}"${d.nearest === undefined ? '.' : `; did you mean "${d.nearest}"?`}`,
  hint: () => '`seaworthy models` lists them, as does GET /v1/models; `seaworthy push` makes a version of a model file.',
})

/** A number that no version of the model has. HTTP 404. */
export const VersionNotFound = defineError({
  code: 'VERSION_NOT_FOUND',
  status: 404,
  message: (d: { model: string; version: number; versionLast: number }) => `There is no version ${d.model}@${d.version}.`,
  hint: ({ model, versionLast }) =>
    versionLast === 0
      ? `${model} has no version yet; \`seaworthy push\` makes one.`
      : `${model} has ${versionLast === 1 ? 'version 1 only' : `the versions 1 to ${versionLast}`}.`,
})

/** Data that was never pinned for this model and purpose. HTTP 404. */
export const SnapshotNotFound = defineError({
  code: 'SNAPSHOT_NOT_FOUND',
  status: 404,
  message: (d: { model: string; purpose: string; digest: string }) =>
    `No ${d.purpose} data with the digest ${d.digest} is pinned for ${d.model}.`,
  hint: () => 'Bring it with the push: `seaworthy push MODEL --data FILE --evaluation FILE`.',
})

/** A name that cannot be one. HTTP 422. */
export const NameInvalid = defineError({
  code: 'NAME_INVALID',
  status: 422,
  message: (d: { what: 'model' | 'alias'; name: string }) =>
    `${JSON.stringify(d.name)} cannot be the name of ${d.what === 'alias' ? 'an' : 'a'} ${d.what}.`,
  hint: (d) =>
    `Use lower-case letters, digits and dashes, at most 63, beginning with a letter or digit${d.what === 'alias' ? '; digits alone would be a version' : ''}.`,
})

/** A page of versions that begins nowhere. HTTP 400. */
export const VersionCursorInvalid = defineError({
  code: 'VERSION_CURSOR_INVALID',
  status: 400,
  message: (d: { cursor: string }) => `${JSON.stringify(d.cursor)} is not a place in the list of versions.`,
  hint: () => 'Give `next` of the page before as the cursor, or none for the first page.',
})

/** A model that runs and says nothing, on data it was made for. HTTP 422. */
export const ModelGivesNothing = defineError({
  code: 'MODEL_GIVES_NOTHING',
  status: 422,
  message: (d: { file: string; output: string; rows: number }) =>
    `${d.file} gave no number for "${d.output}" on any of ${d.rows} rows of the data it came with.`,
  hint: () =>
    'Score the same rows where the model was trained: a scaler or encoder that was left out of the export, or another order of columns, is the usual cause.',
})

/** A description of the training environment that is not one. HTTP 422. */
export const EnvironmentInvalid = defineError({
  code: 'ENVIRONMENT_INVALID',
  status: 422,
  message: (d: { reason: string }) => `The environment of the push cannot be kept: ${d.reason}.`,
  hint: () => 'Give an object such as {"language": "python 3.12", "libraries": {"scikit-learn": "1.5.0"}}, or a lock file.',
})

/** Weights that were uploaded for a place where no file may lie. HTTP 422. */
export const WeightsRefused = defineError({
  code: 'WEIGHTS_REFUSED',
  status: 422,
  message: (d: { path: string; reason: string }) => `The weights "${d.path}" cannot lie beside the model: ${d.reason}.`,
  hint: () => 'Give each file the path that the model refers to it by: relative, inside the folder of the model, and once.',
})
