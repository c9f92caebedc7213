import { defineError } from '../../../kernel/errors.ts'

/** No file where a model was promised. HTTP 422. */
export const ModelFileMissing = defineError({
  code: 'MODEL_FILE_MISSING',
  status: 422,
  message: (d: { file: string; found?: string | undefined }) =>
    `${d.file} is ${d.found === undefined ? 'not there' : `${d.found}, not a file`}.`,
  hint: () => 'Give the path of a model file, such as model.onnx.',
})

/** A model larger than this place takes. HTTP 413. */
export const ModelFileTooLarge = defineError({
  code: 'MODEL_FILE_TOO_LARGE',
  status: 413,
  message: (d: { file: string; bytes: number; bytesMax: number }) =>
    `${d.file} has ${d.bytes} bytes with its weights; the limit is ${d.bytesMax}.`,
  hint: () => 'Make the model smaller (quantise it, or prune trees), or raise SEAWORTHY_MODEL_BYTES_MAX.',
})

/** A file that ends before its own lengths say so. HTTP 422. */
export const ModelFileTruncated = defineError({
  code: 'MODEL_FILE_TRUNCATED',
  status: 422,
  message: (d: { file: string; bytes: number; bytesExpected: number; place: string }) =>
    `${d.file} is cut off: it has ${d.bytes} bytes, and ${d.place} needs at least ${d.bytesExpected}.`,
  hint: () => 'Copy or export the file again, and compare its size and sha256 with the original.',
})

/** Some other file with the name of a model. HTTP 422. */
export const ModelFormatForeign = defineError({
  code: 'MODEL_FORMAT_FOREIGN',
  status: 422,
  message: (d: { file: string; kind: string; advice: string }) => `${d.file} is not an ONNX model; it is ${d.kind}.`,
  hint: (d) => d.advice,
})

/** Bytes that begin like an ONNX model and do not go on like one. HTTP 422. */
export const ModelFileMalformed = defineError({
  code: 'MODEL_FILE_MALFORMED',
  status: 422,
  message: (d: { file: string; reason: string; offset: number }) =>
    `${d.file} is not a valid ONNX model: ${d.reason} (at byte ${d.offset}).`,
  hint: () => 'Run onnx.checker.check_model on it where it was exported, and export it again.',
})

/** A structure beyond every honest model: nesting, counts, lengths of names. HTTP 422. */
export const ModelFileExcessive = defineError({
  code: 'MODEL_FILE_EXCESSIVE',
  status: 422,
  message: (d: { file: string; what: string; limit: number }) =>
    `${d.file} has more ${d.what} than the ${d.limit} that are read.`,
  hint: () => 'Simplify the graph with onnxsim or the optimizer of onnxruntime, and push the result.',
})

/** Operators that only a private library knows. HTTP 422. */
export const CustomOperators = defineError({
  code: 'CUSTOM_OPERATORS',
  status: 422,
  message: (d: { file: string; operators: readonly string[] }) =>
    `${d.file} uses custom operators: ${d.operators.slice(0, 10).join(', ')}${d.operators.length > 10 ? `, and ${d.operators.length - 10} more` : ''}.`,
  hint: () =>
    'Export the model with operators of ai.onnx, ai.onnx.ml or com.microsoft, or define these as functions inside the file: a package carries no native library.',
})

/** Weights beside the model that are somewhere else, missing, or too short. HTTP 422. */
export const ExternalDataRefused = defineError({
  code: 'EXTERNAL_DATA_REFUSED',
  status: 422,
  message: (d: { file: string; tensor: string; location: string; reason: string }) =>
    `The weights "${d.tensor}" of ${d.file} lie in "${d.location}", and ${d.reason}.`,
  hint: () =>
    'Save the model as one file, onnx.save_model(model, "model.onnx", save_as_external_data=False), or keep its weights in files beside it.',
})

/** A tensor whose shape and bytes disagree. HTTP 422. */
export const TensorClaimFalse = defineError({
  code: 'TENSOR_CLAIM_FALSE',
  status: 422,
  message: (d: { file: string; tensor: string; dims: readonly string[]; bytesClaimed: string; bytesPresent: number }) =>
    `The tensor "${d.tensor}" of ${d.file} claims the shape [${d.dims.slice(0, 8).join(', ')}], which is ${d.bytesClaimed} bytes, and the file holds ${d.bytesPresent} for it.`,
  hint: () => 'Export the model again; nothing was allocated for the claim.',
})
