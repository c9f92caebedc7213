/** What pages see while they look, joined: the traffic of this process, and what changes in the store. */
import type { Config } from '../config/config.ts'
import type { Log } from '../kernel/log.ts'
import { type ChangeFeed, createChangeFeed, createTrafficChanges } from '../layers/collaboration/index.ts'
import { createLiveLogs, type LiveLogs } from '../layers/model/index.ts'
import { createTrafficRecorder, type LiveTraffic, type TrafficRecorder } from '../layers/serving/index.ts'
import type { Shutdown } from '../platform/telemetry/shutdown.ts'
import type { State } from './open-state.ts'

export interface LiveParts {
  readonly events: ChangeFeed
  readonly recorder: TrafficRecorder
  readonly liveLogs: LiveLogs
}

interface Options {
  readonly config: Config
  readonly log: Log
  readonly shutdown: Shutdown
  readonly traffic: LiveTraffic
  /** A command counts no traffic, because it answers none. */
  readonly isServer: boolean
}

export function createLiveParts({ db, clock, ids, onCommit }: State, options: Options): LiveParts {
  const { config, log, shutdown, traffic, isServer } = options
  const listenersMax = config.SEAWORTHY_EVENT_LISTENERS_MAX
  const events = createChangeFeed({ db, clock, ids, log, listenersMax })
  const recorder = createTrafficRecorder({ traffic, clock })
  const changesOf = createTrafficChanges()
  recorder.onSample((samples) => events.publish(changesOf(samples)))
  onCommit(events.wake)
  if (isServer) recorder.start()
  shutdown.onEnd('live traffic', () => recorder.stop())
  shutdown.onEnd('events', () => events.stop())
  return Object.freeze<LiveParts>({ events, recorder, liveLogs: createLiveLogs() })
}
