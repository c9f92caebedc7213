import { z } from 'zod'
import { AppError } from '../../../kernel/errors.ts'
import { defineJob } from '../../../kernel/job.ts'
import type { Log } from '../../../kernel/log.ts'
import { type BeginServices, retrainWhenDue } from './begin-retraining.ts'

export interface WatchServices extends BeginServices {
  readonly log: Log
}

/** Asks the triggers of everything that is live. What one contract has wrong does not keep the others waiting. */
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
        if (!(error instanceof AppError)) throw error
        services.log.warn('the triggers of a deployment could not be asked', {
          deployment: deployment.name,
          error: error.message,
        })
      }
    }
    return { begun }
  },
})
