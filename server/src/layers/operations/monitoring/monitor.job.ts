import { z } from 'zod'
import { defineJob } from '../../../kernel/job.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Log } from '../../../kernel/log.ts'
import type { ModelRegistry } from '../../model/index.ts'
import type { DeploymentRecord, DeploymentRepository } from '../../serving/index.ts'
import { type MonitorReference, openReference } from './reference.ts'
import { measureAgain } from './judge-span.ts'
import { tellSlices } from './learnt.ts'
import { firstState, type MonitorState } from './monitor-store.ts'
import { certain, sustainedOf, watchWindow, type WatchServices } from './watch-window.ts'

/** A window is looked at this long after its end, in milliseconds, so that the journal has it on disk. */
const SETTLE_MS = 1_000
/** Windows of one deployment in one go; the next run goes on. */
const WINDOWS_MAX = 500

export interface MonitorServices extends WatchServices {
  readonly deployments: DeploymentRepository
  readonly registry: ModelRegistry
  readonly keepDays: number
  readonly clock: Clock
  readonly log: Log
}

/**
 * Watches every window that has ended since the last run, oldest first, of one deployment or of all that are live. Needs no
 * checkpoint: how far it has come is kept with each window.
 */
export const monitorJob = defineJob<MonitorServices>()({
  kind: 'operations.monitor',
  input: z.strictObject({ deployment: z.string().min(1).max(200).optional() }),
  checkpoint: z.null(),
  attemptsMax: 3,
  async run({ input, signal, progress }, services) {
    const live = await services.deployments.listLive()
    const watched = live.filter(({ name }) => input.deployment === undefined || name === input.deployment)
    const total = { deployments: watched.length, windows: 0, rows: 0, breaches: 0 }
    for (const [done, deployment] of watched.entries()) {
      signal.throwIfAborted()
      try {
        const seen = await watchDeployment(deployment, services, signal, (windows) =>
          progress({ done, total: watched.length, note: `${deployment.name}: ${windows} windows` }),
        )
        total.windows += seen.windows
        total.rows += seen.rows
        total.breaches += seen.breaches
      } catch (error) {
        signal.throwIfAborted()
        // One deployment that cannot be watched must not leave the others unwatched.
        services.log.error('a deployment could not be watched', { deployment: deployment.name, error: String(error) })
        if (input.deployment !== undefined) throw error
      }
    }
    await services.monitors.retain(services.keepDays)
    return total
  },
})

async function watchDeployment(
  deployment: DeploymentRecord,
  services: MonitorServices,
  signal: AbortSignal,
  onWindow: (windows: number) => Promise<void>,
) {
  const of = await openReference(deployment, services.registry)
  const start = Math.floor(deployment.createdAt / of.windowMs) * of.windowMs
  const kept = await services.monitors.find(deployment.name)
  let state = kept ?? firstState(of.version, start)
  const seen = { windows: 0, rows: 0, breaches: 0 }
  while (state.watchedUntil + of.windowMs + SETTLE_MS <= services.clock.now() && seen.windows < WINDOWS_MAX) {
    signal.throwIfAborted()
    const watched = await watchWindow(of, state, services.clock.now(), services, signal)
    state = watched.state
    seen.windows += 1
    seen.rows += watched.rows
    seen.breaches += watched.findings.filter((finding) => finding.state === 'breach').length
    await onWindow(seen.windows)
  }
  await fillBack(of, state, services, signal)
  return seen
}

/** Outcomes that came after their span was judged: its quality is measured again, and told if it is still news. */
async function fillBack(of: MonitorReference, state: MonitorState, services: MonitorServices, signal: AbortSignal) {
  const { monitors, desk, clock } = services
  if (of.contract.outcome === undefined) return
  const findings = await measureAgain({ ...services, of, nowMs: clock.now(), signal, qualities: monitors.qualities })
  const { told } = tellSlices(certain(findings), state.learnt.openSlices)
  const bySpan = Map.groupBy(told, ({ window }) => window.from)
  for (const ofSpan of bySpan.values())
    await desk.observe(ofSpan, { sustained: sustainedOf(of), channels: of.contract.monitoring.alert })
}
