/** The door of the evolution layer: what lets a version out. */
export type { CheckDetail, CheckRecord, CheckReport, CheckRepository, GateResult, Verdict } from './check/check.ts'
export { checkJob } from './check/check.job.ts'
export { type CheckStore, createCheckRepository } from './check/check-repository.ts'
export type { CheckServices } from './check/run-check.ts'
export type { ServingSettings } from './gates/contract.ts'
export {
  type LaunchedDeployment,
  type LaunchRequest,
  type LaunchServices,
  launchVersion,
  stopDeployment,
} from './release/launch.ts'
export { createJournalEvidence } from './release/journal-evidence.ts'
export type { ReleaseDetail, ReleaseRecord, ReleaseRepository, ReleaseState, ReleaseStep, StepRecord } from './release/release.ts'
export { createReleaseRepository } from './release/release-repository.ts'
export { createReleaseDesk, type ReleaseDesk } from './release/release-desk.ts'
export { stepRulesOf } from './release/step-rules.ts'
export { createReleaseDriver, type ReleaseDriver } from './release/release-driver.ts'
export type { ReleaseEvidence } from './release/release-evidence.ts'
export type { ReleaseServices } from './release/release-services.ts'
export type { StepAnalysis } from './release/step-analysis.ts'
export type { StepMeasure } from './release/step-measure.ts'
export { type Outlook, type OutlookRequest, outlookOf } from './rollback/outlook.ts'
export { drillRollback, type DrillResult } from './rollback/drill.ts'
export {
  rollBack,
  type RollbackRequest,
  type RollbackResult,
  type RollbackServices,
  settleRollbacks,
} from './rollback/roll-back.ts'
export { openRollbackMemory, type RollbackMemory } from './rollback/rollback-memory.ts'
export { type Comparison, type ComparisonRequest, compareChallengers } from './comparison/compare-challengers.ts'
export { comparePaired, type PairedDifference, type PairedMeasurement } from './comparison/compare-paired.ts'
export { type ComparisonRule, parseComparisonRule } from './comparison/comparison-rule.ts'
export type { ComparisonDecision, ComparisonVerdict, JudgedChallenger } from './comparison/decide.ts'
export { ComparisonRuleInvalid, ComparisonUnpaired } from './comparison/errors.ts'
export type { ContractChange, ContractHistory } from './replay/past-contracts.ts'
export type { ReplayReport, ReplayRequest, ReplayResult } from './replay/replay.ts'
export { createReplayOne, type ReplayOne } from './replay/replay-one.ts'
export { replayJob } from './replay/replay.job.ts'
export { readReplayReport } from './replay/replay-reports.ts'
export { replayText } from './replay/replay-text.ts'
export type { ReplayServices } from './replay/run-replay.ts'
export { compareJob, type CompareServices } from './comparison/compare.job.ts'
export type { ComparisonReport } from './comparison/comparison-report.ts'
export { askTriggers, type RetrainingForecast } from './retraining/ask-triggers.ts'
export { type BeginServices, requestRetraining, type RetrainingRequest } from './retraining/begin-retraining.ts'
export { createReleaseStarter, type ReleaseStarter } from './retraining/release-starter.ts'
export type { RetrainingKeeper, RetrainingRecord, RetrainingRepository } from './retraining/retraining.ts'
export { retrainingJob } from './retraining/retraining.job.ts'
export { createRetrainingRepository } from './retraining/retraining-repository.ts'
export type { RetrainServices } from './retraining/retraining-stages.ts'
export { retrainingText } from './retraining/retraining-text.ts'
export { retrainingWatchJob, type WatchServices } from './retraining/watch.job.ts'
