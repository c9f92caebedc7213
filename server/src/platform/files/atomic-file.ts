/**
 * Files that are wholly there or not at all: written under a temporary name, synced, renamed, and the folder synced, so
 * that a kill or a power cut leaves the old file or the new one.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { PathEscapes, StorageFull, StorageUnwritable } from './errors.ts'

/** Ends a name that is not yet a file; what is left of it after a crash is swept. */
export const TEMPORARY = '.tmp'

export const temporaryName = (file: string) => `${file}.${process.pid}.${randomBytes(4).toString('hex')}${TEMPORARY}`

export async function writeFileAtomic(file: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await telling(file, async () => {
    await mkdir(path.dirname(file), { recursive: true })
    const half = temporaryName(file)
    try {
      const handle = await open(half, 'wx', mode)
      try {
        await handle.writeFile(content)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(half, file)
    } catch (error) {
      await rm(half, { force: true })
      throw error
    }
    await syncFolder(path.dirname(file))
  })
}

/** Makes a rename in this folder survive a power cut. Windows cannot and need not. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes a folder for its owner alone, and those above it that are missing, one at a time: mkdir's own `recursive` never comes
 * back where a file system says that a new name does not exist, as /proc does. Throws StorageUnwritable, StorageFull.
 */
export function makeOwnFolder(folder: string): void {
  const missing: string[] = []
  for (let at = path.resolve(folder); !existsSync(at) && at !== path.dirname(at); at = path.dirname(at)) missing.push(at)
  try {
    for (const at of missing.toReversed()) makeOne(at)
    if (!statSync(folder).isDirectory()) throw new StorageUnwritable({ path: folder, explanation: 'it is a file' })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw storageFailure(folder, cause)
    throw new StorageUnwritable({ path: folder, explanation: 'no folder can be made there' }, { cause })
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Runs `work` and says in plain words when the disk refuses. */
export async function telling<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw storageFailure(file, error)
  }
}

/** What the disk's refusal means for the user; any other error is given back unchanged. */
export function storageFailure(file: string, cause: unknown): unknown {
  if (cause instanceof AppError) return cause
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StorageFull({ path: file }, { cause })
  if (code === 'EROFS') return new StorageUnwritable({ path: file, explanation: 'the disk is read-only' }, { cause })
  if (code === 'EACCES' || code === 'EPERM')
    return new StorageUnwritable({ path: file, explanation: 'this user has no permission' }, { cause })
  if (code === 'ENOTDIR') return new StorageUnwritable({ path: file, explanation: 'a part of the path is a file' }, { cause })
  return cause
}

/** Joins `relative` to `folder`; throws PathEscapes when the result would lie outside. */
export function joinInside(folder: string, relative: string): string {
  const joined = path.resolve(folder, relative)
  const inside = path.relative(folder, joined)
  if (relative === '' || relative.includes('\0') || inside === '' || inside.startsWith('..') || path.isAbsolute(inside))
    throw new PathEscapes({ path: relative })
  return joined
}
