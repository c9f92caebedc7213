import type { Log } from '../../../kernel/log.ts'
import type { JobContext } from '../../../kernel/job.ts'
import type { Authorship } from '../../../kernel/page.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import type { SqlEngine } from '../../../platform/sql/sql-engine.ts'
import type { SessionOptions } from '../inference/session.ts'
import type { Signature } from '../signature/signature.ts'
import type { ModelRegistry } from './registry.ts'

/** A file that was brought before: a blob, and the name it came with. */
export interface UploadedFile {
  readonly digest: string
  readonly name: string
}
/** One that holds weights of the model. */
export interface WeightsFile extends UploadedFile {
  /** Where the model looks for it, relative to the model file. Somebody else wrote it. */
  readonly path: string
}
/** The training that made the model, when it was one of ours. */
export interface RunOrigin {
  readonly runId: string
  readonly seed: number
  readonly parameters: Readonly<Record<string, unknown>>
  readonly metrics: Readonly<Record<string, number>>
  /** The version that it started from, when it was warm. */
  readonly parentVersion?: number | undefined
}

export interface PushRequest extends Authorship {
  /** Its name. */
  readonly model: string
  /** A path on this machine, with files beside it that hold its weights, or one file that was uploaded. */
  readonly modelFile: string | UploadedFile
  /** Files that were uploaded with an uploaded model, to lie beside it. */
  readonly weights?: readonly WeightsFile[] | undefined
  /** What it was trained on. Without it there is no baseline, and the signature comes from the graph alone. */
  readonly data?: UploadedFile | undefined
  /** Data it has not seen, for its checks. */
  readonly evaluation?: UploadedFile | undefined
  /** Column of the data that holds the outcome. Default: as the contract says. */
  readonly outcome?: string | undefined
  readonly contractText?: string | undefined
  readonly environment?: unknown
  readonly commit?: string | undefined
  readonly run?: RunOrigin | undefined
}

export interface PushedVersion {
  readonly model: string
  readonly version: number
  readonly digest: string
  /** False when a version with the same content was there. */
  readonly created: boolean
  readonly signature: Signature
  /** What is odd about it, in sentences. */
  readonly warnings: readonly string[]
}

export interface PushServices {
  readonly registry: ModelRegistry
  readonly blobs: BlobStore
  readonly sqlEngine: SqlEngine
  /** Where files are laid out while a version is made. */
  readonly workFolder: string
  /** Largest model, the files beside it included, in bytes. */
  readonly modelBytesMax: number
  /** How the model is tried: as it will be served. */
  readonly sessionOptions: SessionOptions
  readonly log: Log
}

/** The job in which a version is made. */
export type PushContext = Pick<JobContext<unknown, unknown>, 'signal'> & {
  /** Names the work folder, so that a second attempt clears away the first. Default: the run. */
  readonly jobId?: string | undefined
  /** Told before each step; `done` of `total` steps lie behind. */
  progress(at: { readonly done: number; readonly total: number; readonly note: string }): Promise<void>
}
