/**
 * A retraining as durable work. Its record says at which stage it is, so that whoever takes the job up after a crash goes on
 * from there. It ends with a decision, or with why there is none; a cancelled one leaves its versions, and changes nothing that
 * serves.
 */
import { z } from 'zod'
import { isFinal } from '../../../kernel/errors.ts'
import { defineJob } from '../../../kernel/job.ts'
import { RetrainingEnded, RetrainingFailed } from './errors.ts'
import { openRecord, RetrainingInput } from './retraining-input.ts'
import type { RetrainingRecord, RetrainingState } from './retraining.ts'
import { type RetrainServices, stages } from './retraining-stages.ts'

/** As it is told to who waits for the job. */
export interface RetrainingResult {
  readonly retraining: string
  readonly decision: string
  readonly explanation: readonly string[]
  readonly winner?: number
}

const ORDER: readonly RetrainingState[] = [
  'waiting',
  'snapshot',
  'training-warm',
  'training-scratch',
  'comparing',
  'checking',
  'releasing',
]

export const retrainingJob = defineJob<RetrainServices>()({
  kind: 'retraining.run',
  input: RetrainingInput,
  checkpoint: z.null(),
  /** A crash costs one, and a long training meets many. */
  attemptsMax: 10,
  async run({ jobId, input, signal, progress }, services): Promise<RetrainingResult> {
    const { retrainings } = services
    let record = (await retrainings.find(jobId)) ?? (await openRecord(jobId, input, services))
    try {
      for (let stage = stages[record.state]; stage !== undefined; stage = stages[record.state]) {
        signal.throwIfAborted()
        const done = ORDER.indexOf(record.state)
        const note = (text: string) => progress({ done, total: ORDER.length, note: text })
        await note(record.state)
        record = await stage(record, services, { jobId, signal, note })
      }
    } catch (error) {
      await recordEnd(record, error, signal, services)
      throw error
    }
    if (record.decision === undefined) throw endOf(record)
    const { id: retraining, decision, explanation = [], winner } = record
    return { retraining, decision, explanation, ...(winner === undefined ? {} : { winner }) }
  },
})

/** A program that stops or fails by a bug gets its job back; a job that was taken over is another's to tell of. */
async function recordEnd(
  record: RetrainingRecord,
  error: unknown,
  signal: AbortSignal,
  services: RetrainServices,
): Promise<void> {
  if (signal.reason === 'cancelled') await services.retrainings.advance(record.id, record.state, 'cancelled', {})
  else if (!signal.aborted && isFinal(error) && !(error instanceof RetrainingEnded))
    await services.retrainings.advance(record.id, record.state, 'failed', {
      failure: { code: error.code, message: error.message },
    })
}

const endOf = ({ id, state, failure }: RetrainingRecord): Error =>
  failure === undefined ? new RetrainingEnded({ retraining: id, state }) : new RetrainingFailed({ ...failure, retraining: id })
