/** The commit that a folder stands at, read from the files of git without running it, which a folder's own settings may steer. */
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'

const HASH = /^([0-9a-f]{40}|[0-9a-f]{64})$/
const FOLDERS_UP_MAX = 40
const REFS_BYTES_MAX = 64 * 1_024 * 1_024

/**
 * Undefined where there is no git, no commit yet, or a way of keeping references that is not known here.
 * Format: gitrepository-layout(5). A worktree has a file `.git` that names its folder, whose `commondir` holds the branches.
 */
export async function findCommit(folder: string): Promise<string | undefined> {
  const git = await findGitFolder(folder)
  if (git === undefined) return undefined
  const head = await read(path.join(git, 'HEAD'))
  const reference = /^ref: (refs\/[^\0]+)$/.exec(head)?.[1]
  if (reference === undefined) return HASH.test(head) ? head : undefined
  if (reference.split('/').includes('..')) return undefined
  const common = path.resolve(git, (await read(path.join(git, 'commondir'))) || '.')
  for (const place of [git, common]) {
    const loose = await read(path.join(place, reference))
    if (HASH.test(loose)) return loose
  }
  const packed = (await read(path.join(common, 'packed-refs'))).split('\n').find((line) => line.endsWith(` ${reference}`))
  const hash = packed?.split(' ')[0]
  return hash !== undefined && HASH.test(hash) ? hash : undefined
}

async function findGitFolder(folder: string): Promise<string | undefined> {
  let at = path.resolve(folder)
  for (let up = 0; up < FOLDERS_UP_MAX; up++) {
    const git = path.join(at, '.git')
    const found = await stat(git).catch(() => undefined)
    if (found?.isDirectory() === true) return git
    const elsewhere = found?.isFile() === true ? /^gitdir: ([^\0]+)$/.exec(await read(git))?.[1] : undefined
    if (elsewhere !== undefined) return path.resolve(at, elsewhere)
    if (at === path.dirname(at)) return undefined
    at = path.dirname(at)
  }
  return undefined
}

async function read(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isFile() !== true || found.size > REFS_BYTES_MAX) return ''
  return (await readFile(file, 'utf8').catch(() => '')).trim()
}
