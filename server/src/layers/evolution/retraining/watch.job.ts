import { z } from 'zod'
import { AppError } from '../../../kernel/errors.ts'
import { defineJob } from '../../../kernel/job.ts'
import type { Log } from '../../../kernel/log.ts'
import type { JobQueue } from '../../../platform/jobs/job-queue.ts'
import { type BeginServices, retrainWhenDue } from './begin-retraining.ts'

export interface WatchServices extends BeginServices {
  readonly queue: BeginServices['queue'] & Pick<JobQueue, 'forget'>
  readonly log: Log
}

/** A job each minute that found nothing is of no interest after this time. */
const KEEP_MS = 3_600_000

/** Asks the triggers of everything that is live. What goes wrong for one keeps no other waiting. */
export const retrainingWatchJob = defineJob<WatchServices>()({
  kind: 'retraining.watch',
  input: z.strictObject({}),
  checkpoint: z.null(),
  attemptsMax: 1,
  async run({ signal }, services): Promise<{ begun: readonly string[] }> {
    await services.retrainings.closeAbandoned()
    const begun: string[] = []
    for (const deployment of await services.deployments.listLive()) {
      signal.throwIfAborted()
      try {
        const id = await retrainWhenDue(deployment, services)
        if (id !== undefined) begun.push(id)
      } catch (error) {
        if (signal.aborted) throw error
        tellOf(error, deployment.name, services.log)
      }
    }
    await services.queue.forget('retraining.watch', services.clock.now() - KEEP_MS)
    return { begun }
  },
})

/** What a contract has wrong is for its owner; anything else is for who runs the server. */
function tellOf(error: unknown, deployment: string, log: Log): void {
  const event = 'the triggers of a deployment could not be asked'
  if (error instanceof AppError) log.warn(event, { deployment, error: error.message })
  else log.error(event, { deployment, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
}
