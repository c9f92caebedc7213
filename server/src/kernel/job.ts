import type { z } from 'zod'

export interface JobContext<Input, Checkpoint> {
  readonly jobId: string
  readonly input: Input
  /** What the last `progress` call saved, when an earlier attempt of this job stopped half way. */
  readonly resumeFrom: Checkpoint | undefined
  /** Aborted by a cancellation, a lost lease or a shutdown; work stops at its next safe point. */
  readonly signal: AbortSignal
  /** Saves the checkpoint durably and tells the watchers. `total` 0 means unknown. */
  progress(at: { done: number; total: number; note?: string; checkpoint?: Checkpoint }): Promise<void>
}

export interface Job<Input, Checkpoint, Services, Result> {
  readonly kind: string
  readonly input: z.ZodType<Input>
  readonly checkpoint: z.ZodType<Checkpoint>
  readonly attemptsMax: number
  /** Must be safe to run twice: after a crash the same input comes back with the last checkpoint. */
  run(context: JobContext<Input, Checkpoint>, services: Services): Promise<Result>
}

/** Declares one kind of durable work. `Services` is what it needs from the floors below, joined in main. */
export const defineJob =
  <Services>() =>
  <Input, Checkpoint, Result>(job: Job<Input, Checkpoint, Services, Result>): Job<Input, Checkpoint, Services, Result> =>
    Object.freeze(job)
