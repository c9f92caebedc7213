/** The door of the model layer for the data plane: what runs models, and nothing that needs a database. */
export type { LoadedModel, Tensor, TensorData } from './inference/contract.ts'
export { ModelRunFailed, ModelUnavailable, ModelUnreadable } from './inference/errors.ts'
export {
  type BatchLayout,
  type BatchTensors,
  boundsOf,
  type ColumnPlace,
  holdsMissing,
  writeNumber,
  writeText,
} from './inference/batch-tensors.ts'
export { labelOf, outputTensor } from './inference/output-columns.ts'
export { createScorer, type Scorer, type ScoreOptions } from './inference/scorer.ts'
export { loadModel, type ModelSession, type ServableVersion, type SessionOptions } from './inference/session.ts'
export { openPackage, type OpenPackageOptions } from './package/open-package.ts'
export type { OpenedPackage } from './package/package.ts'
export type { ElementType, InputField, OutputField, Signature } from './signature/signature.ts'
