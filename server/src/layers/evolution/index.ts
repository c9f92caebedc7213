/** The door of the evolution layer: what lets a version out. */
export type { CheckDetail, CheckRecord, CheckReport, CheckRepository, GateResult, Verdict } from './check/check.ts'
