/** The door of the model layer for who prepares a push where the files are: it reads, and loads neither engine nor database. */
import { formats } from './formats/catalog.gen.ts'
import type { FormatLimits, GraphDescription } from './formats/contract.ts'

export type { ExternalFile, GraphDescription } from './formats/contract.ts'
export { findCommit } from './training/git-commit.ts'
export { readLockFile, readLockFiles } from './training/lock-files.ts'

/** What a model file says of itself, read without running it. Throws the errors of its format. */
export const describeModelFile = (file: string, limits: FormatLimits): Promise<GraphDescription> =>
  formats.get('onnx').describe(file, limits)
