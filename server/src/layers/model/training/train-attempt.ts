/** One training in a folder of its own: inputs laid out, the command run, what it wrote read, what it was done with recorded. */
import { constants } from 'node:fs'
import { cp, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Contract } from '../../../contract/contract.ts'
import type { BlobStore } from '../../../platform/blobs/blob-store.ts'
import { recogniseFile } from '../../../platform/tables/data-format.ts'
import { childEnvironment } from './child-environment.ts'
import { TrainFolderUnusable } from './errors.ts'
import { GRACE_MS } from './process-group.ts'
import { OUTPUT } from './run-folders.ts'
import { mergeEnvironment, recordEnvironment } from './training-environment.ts'
import type { TrainingLog, TrainingProgress } from './training-log.ts'
import { readTrainingOutput, type TrainingOutput } from './training-output.ts'
import { runTrainingProcess } from './training-process.ts'

export interface TrainingLimits {
  readonly memoryBytesMax: number
  readonly msMax: number
  /** Of all that it writes. */
  readonly outputBytesMax: number
}
export interface AttemptOptions {
  readonly command: string
  readonly words: readonly string[]
  /** Folder of the contract, where the command runs. */
  readonly folder: string
  readonly contract: Contract
  /** The snapshot: a blob, and the name it came with. */
  readonly data: { readonly digest: string; readonly name: string }
  readonly seed: number
  /** Folder of the package to go on from. It is copied, because a script may write to it. */
  readonly previous?: string | undefined
  /** Of this attempt; from run-folders.ts. */
  readonly attempt: string
  readonly blobs: BlobStore
  /** Environment of this program, of which the training inherits what is no secret. */
  readonly inherited: Readonly<Record<string, string | undefined>>
  readonly limits: TrainingLimits
  readonly log: TrainingLog
  readonly signal: AbortSignal
  readonly onProgress: (at: TrainingProgress) => void
}
export interface Trained extends TrainingOutput {
  readonly environment: ReturnType<typeof mergeEnvironment>
  readonly commit: string | undefined
}

/** Throws the errors of running and of reading the output, and DataFormatUnknown, DataEmpty, BlobMissing for the data. */
export async function trainOnce(options: AttemptOptions): Promise<Trained> {
  const { attempt, folder, words, limits, signal } = options
  const output = path.join(attempt, OUTPUT)
  const contract = path.join(attempt, 'contract.json')
  await writeFile(contract, JSON.stringify(options.contract, undefined, 2))
  const data = await layOutData(options)
  const previous = await copyPrevious(options)
  const environment = childEnvironment(options.inherited, folder, { data, output, seed: options.seed, contract, previous })
  const recorded = await recordEnvironment(words, folder, environment, signal)
  await runTrainingProcess({ ...options, ...limits, environment, recordFolder: attempt, graceMs: GRACE_MS })
  const written = await readTrainingOutput(output, limits.outputBytesMax)
  return {
    ...written,
    environment: mergeEnvironment(recorded.environment, written.environment),
    commit: recorded.commit,
  }
}

/** Throws TrainFolderUnusable. */
export async function checkFolder(folder: string): Promise<void> {
  const refuse = (reason: string) => new TrainFolderUnusable({ folder, reason })
  if (!path.isAbsolute(folder) || folder.includes('\0')) throw refuse('the path is not absolute')
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    throw refuse(
      error.code === 'ENOENT' ? 'there is no such folder on the machine of the server' : `it cannot be read (${error.code})`,
    )
  })
  if (!found.isDirectory()) throw refuse('it is a file')
}

/** The snapshot under a name by which scripts know its format: .parquet, .csv, .tsv, .jsonl, or .json for an array. */
async function layOutData({ attempt, blobs, data }: AttemptOptions): Promise<string> {
  const bare = path.join(attempt, 'data')
  await blobs.materialise(data.digest, bare)
  const { format, head } = await recogniseFile(bare, data.name)
  const given = path.extname(data.name).toLowerCase()
  const lines = given === '.json' && head.trimStart().startsWith('[') ? '.json' : '.jsonl'
  const ending = format === 'parquet' ? '.parquet' : format === 'json' ? lines : given
  await rename(bare, bare + ending)
  return bare + ending
}

async function copyPrevious({ attempt, previous }: AttemptOptions): Promise<string | undefined> {
  if (previous === undefined) return undefined
  const copy = path.join(attempt, 'previous')
  await cp(previous, copy, { recursive: true, mode: constants.COPYFILE_FICLONE })
  return copy
}
