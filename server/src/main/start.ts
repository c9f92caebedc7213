/** `seaworthy start`: control plane, data plane, journal, jobs and schedules in one process, until the signal. */
import type { Config } from '../config/config.ts'
import { addPages } from '../entry/http/pages.ts'
import { createHttpServer, type RunningServer } from '../entry/http/server.ts'
import { type Clock, systemClock } from '../kernel/clock.ts'
import type { Log } from '../kernel/log.ts'
import { createDeploymentLoader, type DeploymentLoader, type LiveTraffic } from '../layers/serving/index.ts'
import { createDataPlane, type DataPlane } from '../layers/serving/data-plane.ts'
import { createMetrics } from '../platform/telemetry/metrics.ts'
import { createShutdown } from '../platform/telemetry/shutdown.ts'
import type { CatchUp } from './catch-up.ts'
import { httpOptionsOf, openControlPlane } from './control-plane.ts'
import { servingSettingsOf } from './serve.ts'
import { buildWebPages, WEB_ADVICE, WEB_FOLDER } from './web-build.ts'

/** Longest wait for a command that has the folder; another server is not waited for. */
const LOCK_WAIT_MS_MAX = 30_000
/** What other processes change in the store is seen after this time. */
const WATCH_MS = 2_000
/** For closing journal and store, beyond the time for requests in flight. */
const CLOSE_MS_MAX = 10_000

export interface StartOptions {
  readonly version: string
  readonly config: Config
  readonly home: string
  readonly log: Log
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** What the whole program reads time from. Default: that of the system. A replay of months gives one that runs fast. */
  readonly clock?: Clock | undefined
  /** Told when everything that is live answers. */
  onReady(url: string, server: StartedServer): Promise<void> | void
}

export interface StartedServer {
  /** Does at once what the clock has come to, without the wait for the next look; resolves when nothing is due any more. */
  readonly catchUp: CatchUp
}

/** Throws ServerAlreadyRunning, PortInUse, and what opening the state throws; then nothing is left open. */
export async function startServer(options: StartOptions): Promise<void> {
  const { config, log, signal, version, clock = systemClock } = options
  const drainMsMax = config.SEAWORTHY_SHUTDOWN_MS_MAX
  const shutdown = createShutdown({ msMax: drainMsMax + CLOSE_MS_MAX, log })
  const metrics = createMetrics()
  let loader: DeploymentLoader | undefined
  let plane: DataPlane | undefined
  const traffic = Object.freeze<LiveTraffic>({
    reload: async (name) => loader?.reload(name),
    switchTo: (name, to) => plane?.switchTo(name, to) ?? false,
    counts: (name) => plane?.traffic(name) ?? [],
    find: (name) => plane?.findDeployment(name),
    names: () => plane?.names() ?? [],
  })
  try {
    const control = await openControlPlane({
      ...options,
      lockWaitMsMax: LOCK_WAIT_MS_MAX,
      shutdown,
      metrics,
      traffic,
      runsJobs: 'at-once',
    })
    const dataPlane = createDataPlane({
      ...servingSettingsOf(config),
      sink: control.journal,
      log,
      clock,
      moreMetrics: metrics.text,
    })
    plane = dataPlane
    shutdown.onEnd('models', () => dataPlane.drain(0))
    const { deployments, registry } = control.services
    const { driver, memory } = control.releases
    loader = createDeploymentLoader({
      deployments,
      openVersion: registry.openVersion,
      dataPlane,
      pinOf: memory.pinOf,
      log,
      clock,
    })
    shutdown.onEnd('deployments', () => loader?.stop())
    await loader.loadAll()
    const http = createHttpServer({
      ...httpOptionsOf(config, log),
      services: control.services,
      now: () => clock.now(),
      dataPlane: dataPlane.handle,
      pages: addPages(version, { folder: WEB_FOLDER, advice: WEB_ADVICE }),
    })
    const server = await http.listen(config.SEAWORTHY_HTTP_HOST, config.SEAWORTHY_HTTP_PORT)
    shutdown.onEnd('server', () => drain(server, dataPlane, drainMsMax, () => http.app.server.closeAllConnections()))
    loader.watch(WATCH_MS)
    driver.start()
    shutdown.onEnd('releases', () => driver.stop())
    await control.lock.publish({ pid: process.pid, url: server.url, startedAt: control.services.about.startedAt })
    log.info('listening', { url: server.url })
    buildWebPages(log, signal)
    await options.onReady(server.url, { catchUp: control.catchUp })
    await aborted(signal)
  } finally {
    await shutdown.end(signal.aborted ? 'asked to' : undefined)
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** Takes no more connections, answers what is in flight, and cuts what does not end in time. */
async function drain(server: RunningServer, plane: DataPlane, msMax: number, cut: () => void): Promise<void> {
  const closed = server.close()
  const late = setTimeout(cut, msMax)
  await plane.drain(msMax)
  await closed
  clearTimeout(late)
}
