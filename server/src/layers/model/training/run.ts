import type { Page, PageRequest } from '../../../kernel/page.ts'

export type RunState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

/** One training, as it is kept for ever: what it was given, what it said, how it ended. */
export interface RunRecord {
  readonly id: string
  readonly model: string
  readonly state: RunState
  readonly command: string
  readonly seed: number
  readonly snapshotDigest?: string
  /** The version that it started from, when it was warm. */
  readonly parentVersion?: number
  /** The version that it became. */
  readonly version?: number
  readonly parameters: Readonly<Record<string, unknown>>
  readonly metrics: Readonly<Record<string, number>>
  readonly environment: unknown
  readonly failure?: { readonly code: string; readonly message: string }
  /** Blob of what the process printed. */
  readonly logDigest?: string
  readonly createdAt: number
  readonly startedAt?: number
  readonly finishedAt?: number
}

export interface RunRepository {
  /** Newest first. */
  list(model: string, page: PageRequest): Promise<Page<RunRecord>>
  /** Throws RunNotFound. */
  get(id: string): Promise<RunRecord>
}
