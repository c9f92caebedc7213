/**
 * What watching needs, joined: what is kept of windows, the incident desk, the changes that incidents are held against, and who
 * tells of them.
 */
import path from 'node:path'
import type { ControlServices } from '../entry/http/services.ts'
import {
  type ConfiguredChannels,
  type Courier,
  createIncidentDesk,
  createMonitorStore,
  type IncidentDesk,
  createQualityEstimators,
  type FitRegressor,
  type MonitorStore,
  type QualityEstimators,
} from '../layers/operations/index.ts'
import { trainBoostedTrees } from '../layers/model/index.ts'
import type { Metrics } from '../platform/telemetry/metrics.ts'
import { type AlertOptions, alertServicesOf, createAlertCourier, incidentSettingsOf, openChannels } from './alert-parts.ts'
import { auditChanges } from './audit-changes.ts'
import type { State } from './open-state.ts'

export interface MonitoringParts {
  readonly monitors: MonitorStore
  readonly estimators: QualityEstimators
  readonly desk: IncidentDesk
  readonly channels: ConfiguredChannels
  readonly courier: Courier
  readonly alerts: ControlServices['alerts']
}

export interface MonitoringOptions extends Omit<AlertOptions, 'folder'> {
  /** Absolute path of the state folder; the project is the folder that it lies in. */
  readonly home: string
  readonly codeVersion: string
  readonly metrics?: Metrics
}

/** Throws ChannelSettingsInvalid. */
export function createMonitoringParts(state: State, options: MonitoringOptions): MonitoringParts {
  const { db, clock, audit, ids } = state
  const { config, log, home, codeVersion, metrics } = options
  const channels = openChannels({ ...options, folder: path.dirname(home) }, state)
  const desk = createIncidentDesk({
    ...{ db, clock, audit, ids, codeVersion, changeLog: auditChanges },
    escalateTo: channels.escalateTo,
    settings: incidentSettingsOf(config),
  })
  const courier = createAlertCourier({ db, clock, config, log, channels, desk, metrics })
  const alerts = alertServicesOf(channels, courier, state)
  const monitors = createMonitorStore({ db, clock })
  const estimators = createQualityEstimators({ fitRegressor: fitLoss })
  return Object.freeze<MonitoringParts>({ monitors, estimators, desk, channels, courier, alerts })
}

/** No column of data is called so. */
const LOSS = '(loss)'

/** Learns how large the loss of a prediction is: a few small trees, as there are five of them for each metric. */
const fitLoss: FitRegressor = (table, target) => {
  const columns = new Map([...table.columns, [LOSS, { type: 'number', values: target }] as const])
  const options = { outcome: LOSS, objective: 'squared-error', treesMax: 60, depthMax: 4, childRowsMin: 20 } as const
  return trainBoostedTrees({ rowCount: table.rowCount, columns }, options)
}
