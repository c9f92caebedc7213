/** The door of the serving layer for the data plane: real-time answers, without database or control code. */
export { createDataPlane, type DataPlane, type DataPlaneOptions } from './realtime/data-plane.ts'
export { type InputRules, parseInputRules } from './realtime/input-policy.ts'
export type {
  LeftOut,
  LiveDeployment,
  LiveVariant,
  VariantRole,
  VariantSpec,
  VariantTraffic,
} from './realtime/live-deployments.ts'
export type { PredictionSink, ServedRequest } from './realtime/served-request.ts'
export { originalId, SHADOW } from './traffic/shadow-lane.ts'
export { LATENCY_BOUNDS_MS, type TrafficCounts } from './traffic/variant-counts.ts'
