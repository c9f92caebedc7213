/** Files by which package managers pin libraries: noted by their digest, and read where that is cheap. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

const BYTES_MAX = 32 * 1_024 * 1_024
const LIBRARIES_MAX = 2_000

export interface LockFile {
  readonly name: string
  readonly sha256: string
  readonly bytes: number
}
export type Libraries = Readonly<Record<string, string>>
type Pair = readonly [name: string, version: string]

const npm = z.object({ packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })) })
const pipenv = z.object({ default: z.record(z.string(), z.looseObject({ version: z.string().optional() })) })
const renv = z.object({ Packages: z.record(z.string(), z.looseObject({ Version: z.string() })) })

const fromLines = (shape: RegExp) => (text: string) =>
  Array.from(text.matchAll(shape), ([, name, version]): Pair => [name!, version!])
/** `[[package]]`, `name = "x"`, `version = "1"`: poetry, uv, pdm and cargo alike. */
const fromToml = fromLines(/^\[\[package\]\]\r?\nname = "([^"\n]+)"\r?\nversion = "([^"\n]+)"/gm)

/** By name of the file; one without a reader is only noted. */
const READERS: Readonly<Record<string, ((text: string) => readonly Pair[]) | undefined>> = {
  'package-lock.json': (text) =>
    Object.entries(npm.parse(JSON.parse(text)).packages).flatMap(([place, { version }]) => {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1]
      return name === undefined || version === undefined ? [] : [[name, version] as const]
    }),
  'requirements.txt': fromLines(/^([A-Za-z0-9][\w.-]*)(?:\[[^\]\n]*\])?\s*===?\s*([^\s;#\\]+)/gm),
  'poetry.lock': fromToml,
  'uv.lock': fromToml,
  'pdm.lock': fromToml,
  'Cargo.lock': fromToml,
  'Pipfile.lock': (text) =>
    Object.entries(pipenv.parse(JSON.parse(text)).default).flatMap(([name, { version }]) =>
      version === undefined ? [] : [[name, version.replace(/^==/, '')] as const],
    ),
  'environment.yml': fromLines(/^\s*-\s*(?:[\w-]+::)?([A-Za-z0-9_][\w.-]*)\s*==?\s*([^\s=#]+)/gm),
  'renv.lock': (text) => Object.entries(renv.parse(JSON.parse(text)).Packages).map(([name, { Version }]) => [name, Version]),
  'yarn.lock': undefined,
  'pnpm-lock.yaml': undefined,
  'bun.lock': undefined,
  'deno.lock': undefined,
  'conda-lock.yml': undefined,
  'pixi.lock': undefined,
  'Manifest.toml': undefined,
  'go.sum': undefined,
}

/** Lock files in this folder. One that cannot be read as it should be is still noted. */
export async function readLockFiles(folder: string): Promise<{ files: readonly LockFile[]; libraries: Libraries }> {
  const files: LockFile[] = []
  const libraries: Record<string, string> = {}
  for (const name of Object.keys(READERS)) {
    const found = await readLockFile(path.join(folder, name))
    if (found === undefined) continue
    files.push(found.file)
    Object.assign(libraries, found.libraries)
  }
  return { files, libraries: Object.fromEntries(Object.entries(libraries).slice(0, LIBRARIES_MAX)) }
}

/** One lock file, by its name; undefined when it has another name, is not there, or cannot be read. */
export async function readLockFile(file: string): Promise<{ file: LockFile; libraries: Libraries } | undefined> {
  const name = path.basename(file)
  if (!Object.hasOwn(READERS, name)) return undefined
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true || found.size > BYTES_MAX) return undefined
  const content = await readFile(file).catch(() => undefined)
  if (content === undefined) return undefined
  return {
    file: { name, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength },
    libraries: librariesOf(content.toString('utf8'), READERS[name]),
  }
}

function librariesOf(text: string, reader: ((text: string) => readonly Pair[]) | undefined): Libraries {
  try {
    return Object.fromEntries((reader?.(text) ?? []).slice(0, LIBRARIES_MAX))
  } catch {
    return {}
  }
}
