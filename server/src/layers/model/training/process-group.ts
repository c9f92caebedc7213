/**
 * A process and all that it begets, started and ended as one. It leads a session and a group of its own, so one signal reaches
 * all of them; a descendant that left the group (`setsid`, a shell with job control) is still known by its session, or by the
 * environment it inherited, in which the output folder stands that no other process has.
 *
 * Nothing is left behind: not when the leader ends before its children, not when this program exits, and after `kill -9` of
 * this program the next attempt finds what is left, by `process.json` and by the environment.
 */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { type ChildEnvironment, OUTPUT_VARIABLE } from './child-environment.ts'
import { TrainingCommandMissing } from './errors.ts'
import { openProcessTable, type ProcessRow } from './process-table.ts'

/** From asking a training to end to ending it: enough to write a file, less than a stop of the program may take. */
export const GRACE_MS = 5_000
const LOOK_MS = 50
/** After SIGKILL only the kernel can be slow, or a process that multiplies; then it is given up. */
const KILL_MS_MAX = 10_000
/** How long an open pipe of a process that was ended is read on. */
const PIPE_MS_MAX = 1_000
const RECORD_FILE = 'process.json'

export interface GroupOptions {
  /** The program and its arguments. */
  readonly words: readonly string[]
  readonly folder: string
  readonly environment: ChildEnvironment
  /** Where `process.json` is written. */
  readonly recordFolder: string
  readonly onStdout: (chunk: Uint8Array) => void
  readonly onStderr: (chunk: Uint8Array) => void
}
export interface GroupExit {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
}
export interface ProcessGroup {
  /** How the leader ended. */
  readonly exited: Promise<GroupExit>
  /** Processes of the group and the bytes of memory they hold. Always 0 on Windows. */
  memory(bytesOfInterest: number): Promise<{ readonly processes: number; readonly bytes: number }>
  /** Asks all to end, waits, and ends by force what is left after `graceMs`. */
  end(graceMs: number): Promise<void>
}

/** The leader, as it is known after its start and after ours. */
interface Leader {
  readonly pid: number
  readonly startedAt: string
}

const processes = openProcessTable()
const live = new Set<number>()
process.on('exit', () => live.forEach((pid) => signalGroup(pid, 'SIGKILL')))

/** Throws TrainingCommandMissing when the program cannot be started. */
export async function startGroup(options: GroupOptions): Promise<ProcessGroup> {
  await mkdir(options.recordFolder, { recursive: true })
  const child = await start(options)
  const pid = child.pid!
  live.add(pid)
  child.stdout.on('data', options.onStdout)
  child.stderr.on('data', options.onStderr)
  const closed = once(child, 'close')
  const exited = once(child, 'exit').then(([exitCode, signal]: unknown[]) => ({
    exitCode: (exitCode as number | null) ?? undefined,
    signal: (signal as string | null) ?? undefined,
  }))
  const leader = await recordLeader(pid, options.recordFolder)
  const find = () => findMembers(options.environment[OUTPUT_VARIABLE]!, leader, true)

  return Object.freeze<ProcessGroup>({
    exited,
    async memory(bytesOfInterest) {
      const pids = (await processes.list()).filter(inGroupOf(leader)).map((row) => row.pid)
      return { processes: pids.length, bytes: await processes.memoryBytes(pids, bytesOfInterest) }
    },
    async end(graceMs) {
      if (process.platform === 'win32') await endTree(pid)
      else await endAll(find, graceMs, pid)
      await Promise.race([closed, pause(PIPE_MS_MAX, undefined, { ref: false })])
      child.stdout.destroy()
      child.stderr.destroy()
      live.delete(pid)
    },
  })
}

/** Ends what an earlier attempt, whose program was killed, left running. Gives how many processes that were. */
export async function endLeftovers(recordFolder: string, outputFolder: string, graceMs: number): Promise<number> {
  const leader = await readRecord(path.join(recordFolder, RECORD_FILE))
  const find = () => findMembers(outputFolder, leader, false)
  const found = (await find()).length
  if (found > 0) await endAll(find, graceMs)
  return found
}

/** A training that could not be found again after our death is not let run. */
async function recordLeader(pid: number, folder: string): Promise<Leader> {
  try {
    const leader = { pid, startedAt: (await processes.list()).find((row) => row.pid === pid)?.startedAt ?? '' }
    await writeFile(path.join(folder, RECORD_FILE), JSON.stringify(leader))
    return leader
  } catch (error) {
    signalGroup(pid, 'SIGKILL')
    live.delete(pid)
    throw error
  }
}

async function start({ words, folder, environment }: GroupOptions): Promise<ChildProcessByStdio<null, Readable, Readable>> {
  const [program, ...rest] = words
  const child = spawn(program === 'node' ? process.execPath : program!, rest, {
    cwd: folder,
    env: environment,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  })
  const failed = once(child, 'error').then(([cause]: unknown[]) => {
    throw cause
  })
  try {
    await Promise.race([once(child, 'spawn'), failed])
    failed.catch(() => {})
    return child
  } catch (cause) {
    const reason = reasonOf(cause)
    if (reason === undefined) throw cause
    throw new TrainingCommandMissing({ program: program!, folder, reason }, { cause })
  }
}

function reasonOf(cause: unknown): string | undefined {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT') return 'there is no such program'
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be executed'
  if (code === 'ENOEXEC') return 'it is no program for this machine, or a script without a first line such as #!/bin/sh'
  return code === 'ENOTDIR' || code === 'ELOOP' ? 'its path leads nowhere' : undefined
}

const inGroupOf =
  ({ pid }: Leader) =>
  (row: ProcessRow) =>
    !row.dead && (row.group === pid || row.session === pid)

/**
 * What belongs to a training. A group is believed only while its leader is the process that we know, or, when `leaderGone`,
 * is no more, while the kernel still holds its number back: later the number may be somebody else's.
 */
async function findMembers(
  outputFolder: string,
  leader: Leader | undefined,
  leaderGone: boolean,
): Promise<readonly ProcessRow[]> {
  const rows = await processes.list()
  const first = rows.find((row) => row.pid === leader?.pid)
  const trusted = first === undefined ? leaderGone : first.startedAt === leader?.startedAt
  const isGrouped = leader === undefined || !trusted ? () => false : inGroupOf(leader)
  return rows.filter(
    (row) =>
      row.pid !== process.pid && !row.dead && (isGrouped(row) || processes.hasVariable(row.pid, OUTPUT_VARIABLE, outputFolder)),
  )
}

async function endAll(find: () => Promise<readonly ProcessRow[]>, graceMs: number, group?: number): Promise<void> {
  const signal = (rows: readonly ProcessRow[], name: NodeJS.Signals) => {
    if (group !== undefined && rows.some((row) => row.group === group)) signalGroup(group, name)
    for (const { pid, group: other } of rows) if (other !== group) trySignal(pid, name)
  }
  const until = async (ms: number, each: (rows: readonly ProcessRow[]) => void): Promise<boolean> => {
    for (const deadline = performance.now() + ms; ; await pause(LOOK_MS)) {
      const rows = await find()
      if (rows.length === 0) return true
      each(rows)
      if (performance.now() >= deadline) return false
    }
  }
  const first = await find()
  if (first.length === 0) return
  signal(first, 'SIGTERM')
  if (await until(graceMs, () => {})) return
  if (!(await until(KILL_MS_MAX, (rows) => signal(rows, 'SIGKILL')))) throw new Error('A training cannot be ended by SIGKILL.')
}

const signalGroup = (pid: number, signal: NodeJS.Signals) => trySignal(-pid, signal)
function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}

/** Windows has no groups; its own tool ends a process with its children. */
const endTree = (pid: number) =>
  new Promise<void>((resolve) => void execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => resolve()))

async function readRecord(file: string): Promise<Leader | undefined> {
  try {
    const { pid, startedAt } = JSON.parse(await readFile(file, 'utf8')) as Partial<Leader>
    return typeof pid === 'number' && typeof startedAt === 'string' && startedAt !== '' ? { pid, startedAt } : undefined
  } catch {
    return undefined
  }
}
