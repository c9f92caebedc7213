/** What telling of incidents needs, joined: the channels that are set up, and the courier that brings messages to them. */
import path from 'node:path'
import type { Config } from '../config/config.ts'
import type { ControlServices } from '../entry/http/services.ts'
import type { Log } from '../kernel/log.ts'
import {
  CHANNELS_DEFAULT,
  type ConfiguredChannels,
  type Courier,
  createConfiguredChannels,
  createCourier,
  type IncidentDesk,
  type IncidentStore,
  loadChannelSettings,
  testMessageOf,
} from '../layers/operations/index.ts'
import type { Metrics } from '../platform/telemetry/metrics.ts'
import type { State } from './open-state.ts'

/** How often what is too old is deleted, in milliseconds. */
const RETAIN_MS = 3_600_000

export interface AlertOptions {
  readonly config: Config
  readonly log: Log
  /** Folder of the project, which settings are relative to. */
  readonly folder: string
  /** Where `env:NAME` in the settings of channels is looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Throws ChannelSettingsInvalid. */
export function openChannels(
  { config, log, folder, environment }: AlertOptions,
  { clock }: Pick<State, 'clock'>,
): ConfiguredChannels {
  const named = config.SEAWORTHY_CHANNELS_FILE
  const place = named === undefined ? undefined : path.resolve(folder, named)
  const file = place === undefined ? CHANNELS_DEFAULT : loadChannelSettings(place, environment)
  return createConfiguredChannels({ file, folder: place === undefined ? folder : path.dirname(place), log, clock })
}

/** When an incident is told again, and how long what was found is kept. */
export const incidentSettingsOf = (config: Config): IncidentStore['settings'] => ({
  repeatMs: config.SEAWORTHY_ALERT_REPEAT_MS,
  escalateMs: config.SEAWORTHY_ALERT_ESCALATE_MS,
  findingsKeepDays: config.SEAWORTHY_FINDINGS_KEEP_DAYS,
  incidentsKeepDays: config.SEAWORTHY_INCIDENTS_KEEP_DAYS,
})

export interface CourierParts extends Pick<State, 'db' | 'clock'> {
  readonly config: Config
  readonly log: Log
  readonly channels: ConfiguredChannels
  readonly desk: IncidentDesk
  readonly metrics?: Metrics | undefined
}

export function createAlertCourier({ db, clock, config, log, channels, desk, metrics }: CourierParts): Courier {
  let retainedAt = Number.NEGATIVE_INFINITY
  return createCourier({
    ...{ db, clock, log, channels, attemptsMax: config.SEAWORTHY_ALERT_ATTEMPTS_MAX },
    onEnd: (channel, end) => metrics?.alertsEnded.inc({ channel, end }),
    async beforeLook() {
      await desk.tick()
      if (clock.now() - retainedAt < RETAIN_MS) return
      retainedAt = clock.now()
      await desk.retain()
    },
  })
}

/** As the routes ask for it. */
export const alertServicesOf = (
  channels: ConfiguredChannels,
  courier: Courier,
  { clock, ids }: Pick<State, 'clock' | 'ids'>,
): ControlServices['alerts'] =>
  Object.freeze({
    channels,
    health: courier.health,
    async test(channel: string, actor: string, signal: AbortSignal) {
      const started = performance.now()
      await channels.send(channel, testMessageOf({ id: ids(), channel, at: clock.now(), actor }), signal)
      return Math.round(performance.now() - started)
    },
  })
