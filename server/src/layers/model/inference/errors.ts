import { defineError } from '../../../kernel/errors.ts'

/** A model file that the runtime cannot load. HTTP 422. */
export const ModelUnreadable = defineError({
  code: 'MODEL_UNREADABLE',
  status: 422,
  message: (d: {
    file: string
    reason: string
    cause: 'truncated' | 'operator' | 'version' | 'external-data' | 'missing' | 'other'
  }) => `The model ${d.file} cannot be loaded: ${d.reason}`,
  hint: (d) => HINTS[d.cause],
})

const HINTS = {
  truncated: 'The file is not a whole ONNX model. Export it again, or compare its size and sha256 with the original.',
  operator:
    'Export the model with operators of the standard ONNX domains; custom operators need a library that is not part of a package.',
  version: 'Export the model with an older opset: the runtime here does not know this one yet.',
  'external-data': 'Save the model as one file, or push the folder with the external data files beside the model.',
  missing: 'Check the path of the model file.',
  other: 'Run the model with the onnx checker where it was exported, and push the repaired file.',
} as const

/** The model loaded but refused to run these tensors, or gave others than its signature says. HTTP 422. */
export const ModelRunFailed = defineError({
  code: 'MODEL_RUN_FAILED',
  status: 422,
  message: (d: { model: string; reason: string }) => `The model ${d.model} could not be run: ${d.reason}`,
  hint: () => 'Compare the signature with the inputs and outputs of the graph; push a version whose signature fits.',
})

/** The model's thread is gone and is not coming back in time. HTTP 503. */
export const ModelUnavailable = defineError({
  code: 'MODEL_UNAVAILABLE',
  status: 503,
  message: (d: { model: string; reason: string }) => `The model ${d.model} is not running: ${d.reason}`,
  hint: () => 'Try again in a moment; if it persists, look at the log for why the model thread stops, and roll back.',
})
