/** The statuses an expected failure may have; every other failure is a bug and answers 500. */
export type Status = 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 422 | 429 | 431 | 499 | 503 | 504 | 507

/** A failure the user can do something about: a stable code, what happened to which thing, and what to do next. */
export abstract class AppError<D = unknown> extends Error {
  abstract readonly code: string
  abstract readonly status: Status
  abstract readonly hint: string
  abstract readonly details: D
}

/** A failure that comes again with the same input. One of status 503 may pass (a database that restarts), and so may a bug. */
export const isFinal = (error: unknown): error is AppError => error instanceof AppError && error.status !== 503

interface ErrorSpec<D> {
  readonly code: Uppercase<string>
  readonly status: Status
  readonly message: (details: D) => string
  readonly hint: (details: D) => string
}

/**
 * Declares one expected failure. One table maps it to `application/problem+json` (RFC 9457) and to an exit code.
 * `message` says what happened and to which thing; `hint` is one sentence that says what to do.
 */
export function defineError<D>(spec: ErrorSpec<D>) {
  return class extends AppError<D> {
    static readonly code = spec.code
    static readonly status = spec.status
    override readonly name = spec.code
    readonly code = spec.code
    readonly status = spec.status
    readonly hint: string
    readonly details: D
    constructor(details: D, options?: { cause?: unknown }) {
      super(spec.message(details), options)
      this.details = details
      this.hint = spec.hint(details)
    }
  }
}
