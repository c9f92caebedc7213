/** The door of the operations layer for the control plane. The data plane enters by journal-plane.ts. */
export { createJournal } from './journal/journal.ts'
export type { Journal, JournalHealth, JournalMetrics, JournalOptions, OutcomeReport } from './journal/journal-port.ts'
export {
  CompactionRunning,
  CursorInvalid,
  JournalBusy,
  JournalClosed,
  JournalUnavailable,
  OutcomesRefused,
  PredictionNotFound,
} from './journal/errors.ts'
export { compactJob, type CompactServices } from './journal/compact.job.ts'
export { compactJournal, type CompactionOptions, type CompactionReport } from './journal/compaction.ts'
export { createJournalReader, type JournalPage, type JournalReader, type WindowQuery } from './journal/journal-reader.ts'
export { createJournalWindows, type JournalWindow, type JournalWindows } from './journal/journal-window.ts'
export type { JournalStats } from './journal/journal-stats.ts'
export type { PredictionFilter } from './journal/prediction-filter.ts'
export type { JournaledPrediction } from './journal/prediction.ts'
export type { OutcomeRecord } from './journal/record.ts'
export { retainJournal, type RetentionOptions, type RetentionReport } from './journal/retention.ts'
export { journalFolderOf } from './journal/segment-folder.ts'
export { ColumnAbsent, OutcomeUnreadable } from './quality/errors.ts'
export { qualityMetrics } from './quality/metrics/catalog.gen.ts'
export { MetricUnfit, type QualityMetric, shortfallOf } from './quality/metrics/contract.ts'
export { DECISION_THRESHOLD } from './quality/metrics/decisions.ts'
export { getFittingMetric, measureQuality, type QualityMeasurement } from './quality/quality.ts'
export {
  type OutcomePairing,
  type OutputFamily,
  type OutputShape,
  pairOutcomes,
  pickPairs,
  rowCountOf,
  type ScoredOutcomes,
} from './quality/scored-outcomes.ts'
export { compareProfiles, type ComparedBin, type ComparedColumn, type Comparison } from './profile/compare-profiles.ts'
export { ProfilesDiffer, ProfileUnreadable } from './profile/errors.ts'
export type { ColumnType, ProfileColumn } from './profile/profile-column.ts'
export { parseProfile, ProfileJson, profileToJson } from './profile/profile-json.ts'
export { type ProfileReference, profileReferenceOf } from './profile/profile-reference.ts'
export { createProfile, mergeProfiles, type Profile } from './profile/profile.ts'
export { type ColumnSummary, summariseProfile } from './profile/summarise-profile.ts'
export { detectors } from './anomaly/detectors/catalog.gen.ts'
export type { Detector } from './anomaly/detectors/contract.ts'
export { DetectorOptionsInvalid } from './anomaly/errors.ts'
export { type Cbpe, estimateByCbpe, fitCbpe, type Predictions } from './quality/estimate/cbpe.ts'
export { type DirectLoss, type DirectLossReference, fitDirectLoss, type FitRegressor } from './quality/estimate/direct-loss.ts'
export { EstimationImpossible } from './quality/estimate/errors.ts'
export { estimatorError, type EstimatorError, type PastEstimate } from './quality/estimate/estimator-error.ts'
export { AUTO, findMeasure } from './drift/choose-measure.ts'
export { falseAlarmRateOf } from './drift/false-alarm-rate.ts'
export {
  type BinChange,
  type DriftPolicy,
  type DriftReport,
  type DriftSubject,
  type DriftVerdict,
  FALSE_ALARM_RATE,
  judgeColumn,
  judgeColumns,
} from './drift/judge-drift.ts'
export { driftMeasures } from './drift/measures/catalog.gen.ts'
export { type DriftMeasure, MeasureUnfit } from './drift/measures/contract.ts'
export type { AlertEvent, AlertFinding, AlertIncident, AlertMessage, AlertSeverity } from './alerting/alert-message.ts'
export { CHANNELS_DEFAULT, type ChannelFile, loadChannelSettings } from './alerting/channel-settings.ts'
export { channels as channelTypes } from './alerting/channels/catalog.gen.ts'
export { type ConfiguredChannel, type ConfiguredChannels, createConfiguredChannels } from './alerting/configured-channels.ts'
export { type ChannelHealth, type Courier, createCourier } from './alerting/courier.ts'
export { ChannelUnknown } from './alerting/errors.ts'
export { testMessageOf } from './alerting/test-message.ts'
export { EVIDENCE_BYTES_MAX, FindingEvidence, readEvidence } from './incidents/evidence.ts'
export { type Finding, FINDING_KINDS, type FindingKind, findingKey, type SuggestedAction } from './incidents/finding.ts'
export {
  type ExplainedWindow,
  type Explanation,
  type Incident,
  type IncidentDesk,
  type IncidentMember,
  type IncidentState,
  type IncidentSummary,
  type MeasurePrecision,
  type Observed,
  type ObserveOptions,
  type Silence,
  type Suspicion,
  type Transition,
  type Verdict,
  VERDICTS,
} from './incidents/incident.ts'
export { createIncidentDesk } from './incidents/incident-desk.ts'
export { createOpenIncidents, type OpenIncident, type OpenIncidents } from './incidents/open-incidents.ts'
export { EVERY_COLUMN } from './incidents/inhibition.ts'
export { SUSTAINED_DEFAULT, type Sustained } from './incidents/key-state.ts'
export type { Change } from './incidents/suggested-action.ts'
export type { ChangeLog, IncidentStore } from './incidents/transition.ts'
export { findRescaling, type QuantileSample, type Rescaling } from './anomaly/rescaling.ts'
export { compareColumn, compareToBaseline } from './history/column-comparison.ts'
export { findFarthestRows } from './history/farthest-rows.ts'
export { type FindingSeriesQuery, readFindingSeries, type SeriesOfFindings } from './history/finding-series.ts'
export { createSpanProfiles, type SpanProfile, type SpanProfiles } from './history/span-profile.ts'
export { createJournalTraffic } from './history/journal-traffic.ts'
export { readStoredWindows, type StoredFinding, type StoredWindow } from './history/stored-window.ts'
export { readTrafficSeries, type TrafficSeries, type TrafficSeriesQuery } from './history/traffic-series.ts'
export { monitorJob, type MonitorServices } from './monitoring/monitor.job.ts'
export { createQualityEstimators, type QualityEstimators } from './monitoring/quality-estimators.ts'
export { createMonitorStore, type MonitorStore, type WindowSummary } from './monitoring/monitor-store.ts'
export { createOutlierScore, type OutlierScore } from './anomaly/outlier-score.ts'
export { createOutlierOf, type OutlierOf } from './anomaly/outlier-of.ts'
