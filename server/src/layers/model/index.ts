/** The door of the model layer for the control plane. The data plane enters by data-plane.ts. */
export type { OpenedPackage, PackageFile, PackageManifest } from './package/package.ts'
export type { ModelRecord, ModelRegistry, PackageDraft, Snapshot, VersionDetail, VersionRecord } from './registry/registry.ts'
export type { RunRecord, RunRepository, RunState } from './training/run.ts'
export type { InputField, OutputField, Signature } from './signature/signature.ts'
export { createScorer, type Scorer } from './inference/scorer.ts'
export { loadModel, type ModelSession, type ServableVersion, type SessionOptions } from './inference/session.ts'
export { ExplanationImpossible } from './explanation/errors.ts'
export { type Contribution, explainRow, type Explanation, type ExplanationRequest } from './explanation/sampled-shapley.ts'
