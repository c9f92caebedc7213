/**
 * One process owns a state folder. The lock is a lock of the operating system, taken through SQLite on a file of its own,
 * so `kill -9` frees it and no pid that was given to another program can be mistaken for the owner.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { makeOwnFolder, writeFileAtomic } from './atomic-file.ts'
import { ServerAlreadyRunning, StorageUnwritable } from './errors.ts'

const RETRY_MS = 100
/** A wait that is longer than this, in milliseconds, is told. */
const WAIT_TOLD_MS = 1_000

export interface ServerAddress {
  readonly pid: number
  readonly url: string
  readonly startedAt: number
}

export interface ServerLock {
  /** Tells other processes where this one answers. */
  publish(address: ServerAddress): Promise<void>
  release(): void
}

export interface LockWait {
  /** Longest wait for a short-lived owner, in milliseconds. */
  readonly msMax: number
  readonly signal?: AbortSignal | undefined
  /** Told once, after a second, with the pid of the owner when it is known. */
  readonly onWait?: (pid: number | undefined) => void
}

const addressFile = (home: string) => path.join(home, 'server.json')
/** Pid of the owner, for people: whether it is still the owner only the lock says. */
const ownerFile = (home: string) => path.join(home, 'server.pid')

/**
 * Takes the folder for this process, waiting for a short-lived owner. Throws ServerAlreadyRunning, with the address when the
 * owner is a server: that one will not go away, so it is not waited for.
 */
export async function acquireServerLock(home: string, { msMax, signal, onWait }: LockWait): Promise<ServerLock> {
  // It holds the signing key and what callers sent: nobody else on the machine reads it.
  makeOwnFolder(home)
  const begun = Date.now()
  for (let told = false; ;) {
    const held = tryLock(home)
    if (held !== undefined) return lockOf(home, held)
    const owner = findServerAddress(home)
    const waited = Date.now() - begun
    if (owner !== undefined || waited >= msMax)
      throw new ServerAlreadyRunning({ home, pid: owner?.pid ?? findOwner(home), url: owner?.url })
    if (!told && waited >= WAIT_TOLD_MS) {
      told = true
      onWait?.(findOwner(home))
    }
    await pause(RETRY_MS, undefined, signal === undefined ? {} : { signal })
  }
}

/** Where the process that owned the folder last said it answers. It may be gone; ask it before you believe it. */
export function findServerAddress(home: string): ServerAddress | undefined {
  try {
    const { pid, url, startedAt } = JSON.parse(readFileSync(addressFile(home), 'utf8')) as Partial<ServerAddress>
    return typeof pid === 'number' && typeof url === 'string' && typeof startedAt === 'number'
      ? { pid, url, startedAt }
      : undefined
  } catch {
    return undefined
  }
}

function findOwner(home: string): number | undefined {
  try {
    return Number(/^[1-9]\d{0,9}$/.exec(readFileSync(ownerFile(home), 'utf8').trim())?.[0]) || undefined
  } catch {
    return undefined
  }
}

function tryLock(home: string): DatabaseSync | undefined {
  const file = path.join(home, 'server.lock')
  let raw: DatabaseSync | undefined
  try {
    raw = new DatabaseSync(file, { timeout: 0 })
    raw.exec('begin exclusive')
    return raw
  } catch (cause) {
    raw?.close()
    const message = cause instanceof Error ? cause.message : String(cause)
    if (/locked|busy/i.test(message)) return undefined
    const explanation = /unable to open|readonly|read-only/i.test(message)
      ? 'the disk is read-only, or this user has no permission'
      : message
    throw new StorageUnwritable({ path: home, explanation }, { cause })
  }
}

function lockOf(home: string, held: DatabaseSync): ServerLock {
  // What a killed owner left behind would send others to an address that is nobody's.
  rmSync(addressFile(home), { force: true })
  tellOwner(home)
  let published = false
  return Object.freeze<ServerLock>({
    async publish(address) {
      published = true
      await writeFileAtomic(addressFile(home), `${JSON.stringify(address)}\n`)
    },
    release() {
      if (published) rmSync(addressFile(home), { force: true })
      rmSync(ownerFile(home), { force: true })
      held.close()
    },
  })
}

/** A folder without room for a pid is full enough that what follows will say so. */
function tellOwner(home: string): void {
  try {
    writeFileSync(ownerFile(home), `${process.pid}\n`)
  } catch {
    rmSync(ownerFile(home), { force: true })
  }
}
