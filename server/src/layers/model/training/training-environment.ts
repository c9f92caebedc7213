/** With what a training was done, found out from outside: language and its version, libraries, machine, commit. */
import { execFile } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import type { z } from 'zod'
import type { Environment } from '../package/package.ts'
import type { ChildEnvironment } from './child-environment.ts'
import { findCommit } from './git-commit.ts'
import { type Libraries, type LockFile, readLockFiles } from './lock-files.ts'

const VERSION_MS_MAX = 10_000
const VERSION_BYTES_MAX = 4_096

const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/^(node|tsx|ts-node)$/, 'node'],
  [/^(python|pypy)[\d.]*$/, 'python'],
  [/^(R|Rscript)$/, 'r'],
  [/^julia$/, 'julia'],
  [/^java$/, 'java'],
  [/^deno$/, 'deno'],
  [/^bun$/, 'bun'],
]
const OUR_NODE = /^(node|tsx|ts-node)$/
/** Programs that only prepare the way for the one named later. */
const WRAPPERS = /^(uv|poetry|pdm|hatch|rye|pipenv|conda|mamba|micromamba|pixi|env|nice|time|npx|xvfb-run)$/

export interface RecordedEnvironment {
  readonly language?: string
  readonly languageVersion?: string
  readonly libraries: Libraries
  readonly lock: readonly LockFile[]
  readonly platform: string
  readonly architecture: string
  readonly cpus: number
  readonly memoryBytes: number
  /** Of the folder of the contract. */
  readonly commit?: string
}

/** Asks the language for its version, for ten seconds at most; what cannot be found out is left out. */
export async function recordEnvironment(
  words: readonly string[],
  folder: string,
  environment: ChildEnvironment,
  signal: AbortSignal,
): Promise<{ readonly environment: RecordedEnvironment; readonly commit: string | undefined }> {
  const program = findLanguage(words)
  const asked = program === undefined ? undefined : await askVersion(program.words, folder, environment, signal)
  const { files, libraries } = await readLockFiles(folder)
  const recorded = {
    ...(program === undefined ? {} : { language: program.language }),
    ...(asked === undefined ? {} : { languageVersion: asked }),
    libraries,
    lock: files,
    platform: process.platform,
    architecture: process.arch,
    cpus: os.availableParallelism(),
    memoryBytes: os.totalmem(),
  }
  const commit = await findCommit(folder)
  return { environment: commit === undefined ? recorded : { ...recorded, commit }, commit }
}

/** What the training says of itself wins; libraries are joined. */
export const mergeEnvironment = (recorded: RecordedEnvironment, own: Readonly<z.infer<typeof Environment>>) => ({
  ...recorded,
  ...own,
  libraries: { ...recorded.libraries, ...own.libraries },
})

/** The language of a command and the words that start its program: of `uv run python train.py` the first three. */
export function findLanguage(words: readonly string[]): { language: string; words: readonly string[] } | undefined {
  for (const [at, word] of words.entries()) {
    const name = path.basename(word).replace(/\.exe$/i, '')
    const language = LANGUAGES.find(([shape]) => shape.test(name))?.[1]
    if (language !== undefined) return { language, words: words.slice(0, at + 1) }
    if (at === 0 && !WRAPPERS.test(name)) return undefined
  }
  return undefined
}

function askVersion(
  words: readonly string[],
  folder: string,
  environment: ChildEnvironment,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [program, ...rest] = words
  // Found on the path that we gave, so it is the Node that runs us.
  if (OUR_NODE.test(words.at(-1)!)) return Promise.resolve(process.versions.node)
  const options = { cwd: folder, env: environment, timeout: VERSION_MS_MAX, maxBuffer: VERSION_BYTES_MAX, signal }
  return new Promise((resolve) => {
    execFile(program!, [...rest, '--version'], options, (error, stdout, stderr) =>
      resolve(error === null ? /\d+(\.\d+)+\S*/.exec(stdout + stderr)?.[0] : undefined),
    )
  })
}
