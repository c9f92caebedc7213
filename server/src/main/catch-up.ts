/**
 * The program looks at its clock now and then: schedules each second, releases twice a second. Whoever moves the clock by hand
 * has no reason to wait for that: catching up does at once what the clock has come to, by the same schedules, jobs and releases.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ReleaseDriver } from '../layers/evolution/index.ts'
import type { Journal } from '../layers/operations/index.ts'
import type { JobQueue } from '../platform/jobs/job-queue.ts'
import type { Scheduler } from '../platform/scheduler/scheduler.ts'

const LOOK_MS = 5

export interface CatchUpParts {
  readonly journal: Pick<Journal, 'flush'>
  readonly scheduler: Pick<Scheduler, 'fireDue'>
  readonly queue: Pick<JobQueue, 'countDue'>
  /** Of jobs that the clock asks for. */
  readonly kinds: readonly string[]
  readonly driver: Pick<ReleaseDriver, 'advance'>
  wake(): void
}

/** `move` moves the clock, when no job runs that has read it already: what is due then would be taken for done by that. */
export type CatchUp = (move: () => void) => Promise<void>

/**
 * Resolves when every job that the clock asked for has ended and every open release is as far as it can be; what such a job has
 * begun, as a retraining, goes on. Throws what the journal and the database throw.
 */
export function createCatchUp({ journal, scheduler, queue, kinds, driver, wake }: CatchUpParts): CatchUp {
  const idle = async () => {
    while ((await queue.countDue(kinds)) > 0) await pause(LOOK_MS)
  }
  return async (move) => {
    await idle()
    move()
    await journal.flush()
    await scheduler.fireDue()
    wake()
    await idle()
    await driver.advance()
  }
}
