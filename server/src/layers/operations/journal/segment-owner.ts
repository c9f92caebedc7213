import { randomBytes } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import type { SegmentOwner } from './frame.ts'

/**
 * A writer that cannot be asked for by its process id is taken for dead after this long without a sign of life. Writers
 * give one every SIGN_OF_LIFE_MS, and look whether their segment is still theirs before they write after a longer pause.
 */
const SILENCE_MS_MAX = 600_000
export const SIGN_OF_LIFE_MS = 30_000

/** This process, as its segments name it. */
export const thisOwner: SegmentOwner = Object.freeze({
  host: `${hostname()} ${pidNamespace()}`,
  pid: process.pid,
  startTicks: startTicksOf(process.pid),
  token: randomBytes(8).toString('hex'),
})

/** Segments that journals of this very process hold open, by path. */
const heldHere = new Set<string>()
export const holdSegment = (file: string): void => void heldHere.add(file)
export const releaseSegment = (file: string): void => void heldHere.delete(file)

/**
 * Whether somebody may still append to `file`, so that nobody else may cut or seal it. A process on this machine is
 * asked for by its id and its start time, because containers give every process the id 1. On another machine, or in
 * another container, only silence can tell.
 */
export function isSegmentHeld(file: string, owner: SegmentOwner, silentMs: number): boolean {
  if (owner.token === thisOwner.token) return heldHere.has(file)
  return isOwnerAlive(owner, silentMs)
}

export function isOwnerAlive(owner: SegmentOwner, silentMs: number): boolean {
  if (owner.token === thisOwner.token) return true
  if (owner.host !== thisOwner.host) return silentMs < SILENCE_MS_MAX
  if (owner.pid === process.pid || !isRunning(owner.pid)) return false
  const ticks = startTicksOf(owner.pid)
  return ticks === '' || owner.startTicks === '' || ticks === owner.startTicks
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); empty where there is no such file. The name in field 2 may hold spaces. */
function startTicksOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** Process ids mean something only within one namespace (pid_namespaces(7)); empty where there are none. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
