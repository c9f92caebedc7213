/** The control plane inside one command: the same routes without a socket, jobs in this process, gone when the command is. */
import { type Client, createClient } from '@seaworthy/api/client'
import type { Config } from '../config/config.ts'
import { createHttpServer } from '../entry/http/server.ts'
import type { Log } from '../kernel/log.ts'
import { noTraffic } from '../layers/serving/index.ts'
import { createShutdown } from '../platform/telemetry/shutdown.ts'
import { httpOptionsOf, openControlPlane } from './control-plane.ts'
import { createLocalFetch } from './local-fetch.ts'

/** Longest wait for another command that has the folder. */
const LOCK_WAIT_MS_MAX = 60_000

export interface LocalControlPlaneOptions {
  readonly version: string
  readonly config: Config
  readonly home: string
  readonly log: Log
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly actor: string
  readonly signal: AbortSignal
}
export interface OpenedControlPlane {
  readonly client: Client
  close(): Promise<void>
}

/** Throws what opening the state throws; then nothing is left open. */
export async function openLocalControlPlane(options: LocalControlPlaneOptions): Promise<OpenedControlPlane> {
  const { config, actor } = options
  // What a server tells its operator would stand between the lines of a command.
  const log: Log = config.SEAWORTHY_LOG_LEVEL === 'debug' ? options.log : { ...options.log, debug() {}, info() {} }
  const shutdown = createShutdown({ msMax: config.SEAWORTHY_SHUTDOWN_MS_MAX, log })
  try {
    const control = await openControlPlane({
      ...options,
      log,
      lockWaitMsMax: LOCK_WAIT_MS_MAX,
      shutdown,
      runsJobs: 'when-asked',
      traffic: noTraffic,
    })
    const { app } = createHttpServer({ ...httpOptionsOf(config, log), services: control.services })
    await app.ready()
    shutdown.onEnd('routes', () => app.close())
    return Object.freeze({
      client: createClient({ baseUrl: 'http://localhost', actor, fetch: createLocalFetch(app) }),
      close: async () => void (await shutdown.end('the command is done')),
    })
  } catch (error) {
    await shutdown.end()
    throw error
  }
}
