/** Packages laid out on disk once, by digest: filled under a temporary name, verified, renamed, and verified again at each use. */
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../../kernel/errors.ts'
import { telling, TEMPORARY, temporaryName } from '../../../platform/files/atomic-file.ts'
import { moved, openFolder } from './package-folder.ts'
import type { OpenedPackage } from './package.ts'
import type { ManifestLimits } from './sealed-manifest.ts'

/** Age at which a half-filled folder cannot be anybody's work any more, in milliseconds. */
const ABANDONED_MS = 86_400_000

export interface CachedPackage {
  readonly cacheFolder: string
  readonly digest: string
  /** Name of the package in messages. */
  readonly place: string
  readonly limits: ManifestLimits
  /** Writes all files of the package into an empty folder. */
  readonly fill: (folder: string) => Promise<void>
}

/** The package in the cache, filled if it is not there or was damaged. Many may ask at once, in many processes. */
export async function openCached(cached: CachedPackage): Promise<OpenedPackage> {
  const { cacheFolder, digest, limits, place } = cached
  const folder = path.join(cacheFolder, digest)
  const there = await isThere(folder)
  if (there) {
    const opened = await openFolder(folder, limits, place).catch(leaveToFill)
    if (opened?.digest === digest) return opened
  }
  return telling(cacheFolder, async () => {
    await mkdir(cacheFolder, { recursive: true })
    await sweep(cacheFolder)
    return fillFolder(cached, folder, there)
  })
}

/** A damaged copy is made anew; a key that is not trusted, or a limit, is not a damage. */
function leaveToFill(error: unknown): undefined {
  if (error instanceof AppError && (error.status === 409 || error.status === 404 || error.status === 422)) return undefined
  throw error
}

const isThere = (folder: string): Promise<boolean> =>
  access(folder).then(
    () => true,
    () => false,
  )

async function fillFolder({ limits, place, fill }: CachedPackage, folder: string, damaged: boolean): Promise<OpenedPackage> {
  const half = temporaryName(folder)
  await mkdir(half)
  try {
    await fill(half)
    const opened = await openFolder(half, limits, place)
    if (damaged) await setAside(folder)
    if (await renamed(half, folder)) return moved(opened, folder)
  } finally {
    await rm(half, { recursive: true, force: true })
  }
  return openFolder(folder, limits, place)
}

async function setAside(folder: string): Promise<void> {
  const aside = temporaryName(folder)
  if (await renamed(folder, aside)) await rm(aside, { recursive: true, force: true })
}

/** False when somebody else put the same package there, or took it away, in the meantime. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (['EEXIST', 'ENOTEMPTY', 'ENOENT'].includes(code) || (code === 'EPERM' && (await isThere(to)))) return false
    throw error
  }
}

/** Removes what killed processes left half-filled. */
async function sweep(cacheFolder: string): Promise<void> {
  for (const entry of await readdir(cacheFolder)) {
    if (!entry.endsWith(TEMPORARY)) continue
    const folder = path.join(cacheFolder, entry)
    const age = Date.now() - ((await stat(folder).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > ABANDONED_MS) await rm(folder, { recursive: true, force: true })
  }
}
