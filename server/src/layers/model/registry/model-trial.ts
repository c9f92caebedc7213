/** The other end of `try-apart.ts`: tries one model in this process, which may not survive it, and says how it went. */
import { AppError } from '../../../kernel/errors.ts'
import type { TrialReply, TrialRequest } from './try-apart.ts'
import { tryModel } from './try-model.ts'

process.once('message', ({ version, options }: TrialRequest) => {
  void tryModel(version, options)
    .then(
      (oddities): TrialReply => ({ oddities }),
      (error: unknown): TrialReply =>
        error instanceof AppError
          ? { refused: error.code, details: error.details }
          : { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    )
    // The runtime's own threads would keep the process.
    .then((reply) => process.send?.(reply, () => process.exit(0)))
})
