/** The door of the serving layer for the control plane. The data plane enters by data-plane.ts. */
export type {
  ChampionRecord,
  DeploymentRecord,
  DeploymentRepository,
  ServedVersion,
  TrafficChange,
  VariantRecord,
} from './deployments/deployment.ts'
export { DeploymentNotLive } from './deployments/errors.ts'
export { createDeploymentRepository } from './deployments/deployment-repository.ts'
export {
  createDeploymentLoader,
  type DeploymentLoader,
  type DeploymentLoaderOptions,
  type LoadedDeployment,
  type PinnedVersion,
} from './deployments/deployment-loader.ts'
export { DOCS_POLICY, docsPage, loadDocsScript } from './realtime/docs-page.ts'
export { type InputRules, parseInputRules } from './realtime/input-policy.ts'
export { createPredictor, type PredictionRequest, type Predictor } from './realtime/predictor.ts'
export { createExplainer, type ExplainedPrediction, type ExplainedVersion, type Explainer } from './explanation/explainer.ts'
export { type LiveTraffic, noTraffic } from './traffic/live-traffic.ts'
export { latencyQuantile } from './traffic/latency-quantile.ts'
export { addCell, emptyCell, type TrafficCell } from './traffic/traffic-cell.ts'
export {
  createTrafficRecorder,
  type TrafficRecorder,
  type TrafficSample,
  type TrafficSpan,
  type VersionTraffic,
} from './traffic/traffic-recorder.ts'
export { LATENCY_BOUNDS_MS, latencyBin } from './traffic/variant-counts.ts'
export { BATCH_ROWS_BOUNDS } from './realtime/batcher.ts'
export type { VariantTraffic } from './realtime/live-deployments.ts'
