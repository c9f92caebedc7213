/** The door of the evolution layer: what lets a version out. */
export type { CheckDetail, CheckRecord, CheckReport, CheckRepository, GateResult, Verdict } from './check/check.ts'
export { checkJob } from './check/check.job.ts'
export { type CheckStore, createCheckRepository } from './check/check-repository.ts'
export type { CheckServices } from './check/run-check.ts'
export type { ServingSettings } from './gates/contract.ts'
export { type LaunchRequest, type LaunchServices, launchVersion, stopDeployment } from './release/launch.ts'
