import { open, readFile, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { CompactionRunning } from './errors.ts'
import type { SegmentOwner } from './frame.ts'
import { isMissing } from './segment-folder.ts'
import { isOwnerAlive, thisOwner } from './segment-owner.ts'

const runningHere = new Set<string>()

/**
 * Runs `work` while nobody else compacts or deletes in this journal. A lock whose owner died is taken over. The control
 * plane is the only one that does either and holds a lock on its whole folder; this one catches a second one by mistake.
 * Throws CompactionRunning.
 */
export async function withCompactionLock<T>(journal: string, work: () => Promise<T>): Promise<T> {
  const file = path.join(journal, 'compact.lock')
  if (runningHere.has(file)) throw new CompactionRunning({ folder: journal, owner: 'this process' })
  runningHere.add(file)
  try {
    await take(file, journal)
    try {
      return await work()
    } finally {
      await rm(file, { force: true })
    }
  } finally {
    runningHere.delete(file)
  }
}

async function take(file: string, journal: string): Promise<void> {
  const text = JSON.stringify(thisOwner)
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o640)
      await handle.writeFile(text).finally(() => handle.close())
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = await findHolder(file)
      if (holder !== undefined) throw new CompactionRunning({ folder: journal, owner: `process ${holder.pid} on ${holder.host}` })
      await rm(file, { force: true })
    }
  }
  throw new CompactionRunning({ folder: journal, owner: 'another process' })
}

/** The living owner of the lock, or undefined when it is dead, unreadable or gone. */
async function findHolder(file: string): Promise<SegmentOwner | undefined> {
  try {
    const silentMs = Date.now() - (await stat(file)).mtimeMs
    const owner = JSON.parse(await readFile(file, 'utf8')) as SegmentOwner
    if (owner.token === thisOwner.token) return undefined
    return isOwnerAlive(owner, silentMs) ? owner : undefined
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined
    throw error
  }
}
