/** The door of the model layer for the control plane. The data plane enters by data-plane.ts. */
export { archiveFolder } from './package/package-archive.ts'
export { openPackage, type OpenPackageOptions } from './package/open-package.ts'
export type { OpenedPackage, PackageFile, PackageManifest } from './package/package.ts'
export { createModelRegistry } from './registry/model-registry.ts'
export type { RegistryStore } from './registry/registry-store.ts'
export { ModelNotFound, NameInvalid, SnapshotNotFound, VersionNotFound } from './registry/errors.ts'
export type { ModelRecord, ModelRegistry, PackageDraft, Snapshot, VersionDetail, VersionRecord } from './registry/registry.ts'
export { pushJob } from './registry/push.job.ts'
export type { PushServices } from './registry/push-version.ts'
export { trainBoostedTrees } from './training/trainers/boosted-trees/boosted-trees.ts'
export { trainJob, type TrainServices, trainVersion } from './registry/train.job.ts'
export { clearRuns } from './training/run-folders.ts'
export { createLiveLogs, type LiveLogs } from './training/live-logs.ts'
export { RunLogMissing } from './training/errors.ts'
export type { RunRecord, RunRepository, RunState } from './training/run.ts'
export { createRunRepository, type RunKeeper } from './training/run-repository.ts'
export type { InputField, OutputField, Signature } from './signature/signature.ts'
export { createScorer, type Scorer } from './inference/scorer.ts'
export { loadModel, type ModelSession, type ServableVersion, type SessionOptions } from './inference/session.ts'
export { ExplanationImpossible } from './explanation/errors.ts'
export { createRowExplainer, readTreeModel, type RowExplainer } from './explanation/explain-rows.ts'
export { createExplainedRows, findNumberOutput, writeDataRow } from './explanation/explained-rows.ts'
export type { Contribution, Explanation } from './explanation/explanation.ts'
export { explainRow, type ExplanationRequest } from './explanation/sampled-shapley.ts'
export { type ColumnImportance, type Importance, measureImportance } from './explanation/importance.ts'
export type { TreeModel } from './explanation/tree-explainer.ts'
export {
  Baseline,
  type BaselineColumn,
  categoriesOf,
  isNumeric,
  type NumberBaseline,
  QUANTILE_STEPS,
  type TextBaseline,
} from './baseline/baseline.ts'
export { profileData, type ProfileOptions } from './baseline/profile-data.ts'
export { sampleInstances } from './baseline/sample-instances.ts'
export { ContractUnfit, EncodingUnknown, GraphUnusable, OutcomeUnfit, SignatureMismatch } from './signature/errors.ts'
export { type InferredSignature, inferSignature, type SignatureWishes } from './signature/infer-signature.ts'
