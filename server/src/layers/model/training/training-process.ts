/**
 * The training command as a process of its own: watched for its time, its memory and our wish that it stop, and ended with
 * all its children. How it ended is told apart as well as a system can tell: it failed, it was too long, it asked for more
 * memory than it may, the system killed it for memory, or it was not there at all.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChildEnvironment } from './child-environment.ts'
import { TrainingFailed, TrainingOutOfMemory, TrainingStopped, TrainingTooLong } from './errors.ts'
import { type GroupExit, type ProcessGroup, startGroup } from './process-group.ts'
import { createProgressReader, type TrainingLog, type TrainingProgress } from './training-log.ts'

export const MEMORY_LOOK_MS = 250
/** Looking at memory may take this share of the time at most, however many processes the machine has. */
const LOOK_SHARE_MAX = 0.1
const LOG_LINES_TOLD = 20
/** What a shell reports when a program that it ran was ended by SIGKILL. */
const EXIT_KILLED = 128 + 9
const OWN_WORDS = /out of memory|MemoryError|bad_alloc|cannot allocate (memory|vector)|OutOfMemoryError/i

export interface TrainingProcessOptions {
  /** As the contract has it, for messages. */
  readonly command: string
  readonly words: readonly string[]
  /** Working folder. */
  readonly folder: string
  readonly environment: ChildEnvironment
  /** Folder of this attempt, for the record by which what is left of it can be found. */
  readonly recordFolder: string
  readonly memoryBytesMax: number
  readonly msMax: number
  /** From asking a process to end to ending it, in milliseconds. */
  readonly graceMs: number
  readonly signal: AbortSignal
  readonly log: TrainingLog
  readonly onProgress: (at: TrainingProgress) => void
}

type Stop = { readonly by: 'wish' } | { readonly by: 'time' } | { readonly by: 'memory'; readonly explanation: string }

/**
 * Resolves when the command ended with exit code 0 and none of its processes is left. Throws TrainingCommandMissing,
 * TrainingFailed, TrainingOutOfMemory, TrainingTooLong, and TrainingStopped when `signal` was aborted.
 */
export async function runTrainingProcess(options: TrainingProcessOptions): Promise<void> {
  const { command, signal, log, msMax, memoryBytesMax, graceMs } = options
  if (signal.aborted) throw new TrainingStopped({ command })
  const killsBefore = countSystemKills()
  const readProgress = createProgressReader(options.onProgress)
  const group = await startGroup({
    ...options,
    onStdout(chunk) {
      log.append(chunk)
      readProgress(chunk)
    },
    onStderr: (chunk) => log.append(chunk),
  })
  const stops = Promise.withResolvers<Stop>()
  const onWish = () => stops.resolve({ by: 'wish' })
  signal.addEventListener('abort', onWish)
  if (signal.aborted) onWish()
  const timer = setTimeout(() => stops.resolve({ by: 'time' }), msMax)
  const over = new AbortController()
  watchMemory(group, memoryBytesMax, over.signal, (explanation) => stops.resolve({ by: 'memory', explanation })).catch(
    (error: unknown) => over.signal.aborted || log.append(Buffer.from(`[memory is not watched: ${String(error)}]\n`)),
  )
  let first: Stop | GroupExit
  try {
    first = await Promise.race([stops.promise, group.exited])
  } finally {
    over.abort()
    clearTimeout(timer)
    signal.removeEventListener('abort', onWish)
    await group.end(graceMs)
  }
  if (!('by' in first)) return tellExit(first, options, countSystemKills() - killsBefore)
  if (first.by === 'wish') throw new TrainingStopped({ command })
  if (first.by === 'time') throw new TrainingTooLong({ command, msMax })
  throw new TrainingOutOfMemory({ command, bytesMax: memoryBytesMax, explanation: first.explanation, by: 'limit' })
}

/** Looks until the training is over. A look that fails (a `ps` that is not there) ends the watch, not the training. */
async function watchMemory(
  group: ProcessGroup,
  bytesMax: number,
  over: AbortSignal,
  exceeded: (explanation: string) => void,
): Promise<void> {
  while (!over.aborted) {
    const began = performance.now()
    const { processes, bytes } = await group.memory(bytesMax)
    if (bytes > bytesMax) {
      const who = processes === 1 ? 'it' : `its ${processes} processes`
      return exceeded(`${who} held ${mebibytes(bytes)} MiB, and may hold ${mebibytes(bytesMax)} MiB`)
    }
    const cost = performance.now() - began
    await pause(Math.max(MEMORY_LOOK_MS, cost / LOOK_SHARE_MAX), undefined, { signal: over })
  }
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)

function tellExit(
  { exitCode, signal }: GroupExit,
  { command, log, memoryBytesMax }: TrainingProcessOptions,
  kills: number,
): void {
  if (exitCode === 0) return
  const logEnd = log.end(LOG_LINES_TOLD)
  const lacking = (explanation: string, by: 'system' | 'program') =>
    new TrainingOutOfMemory({ command, bytesMax: memoryBytesMax, explanation, by })
  if (signal === 'SIGKILL' || exitCode === EXIT_KILLED) {
    const seen = kills > 0 ? 'and it counts a kill for lack of memory' : 'as it does when memory runs out, or somebody did'
    throw lacking(`the system killed it (SIGKILL), ${seen}; not by our limit of ${mebibytes(memoryBytesMax)} MiB`, 'system')
  }
  if (OWN_WORDS.test(logEnd)) throw lacking(`it says so itself:\n${logEnd}`, 'program')
  throw new TrainingFailed({
    command,
    logEnd,
    ...(exitCode === undefined ? { signal: signal ?? 'an unknown signal' } : { exitCode }),
  })
}

/** How often the kernel has killed for lack of memory: in our control group where it says so, else on the machine. */
function countSystemKills(): number {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      return ''
    }
  }
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1]
  const events = own === undefined ? '' : read(`/sys/fs/cgroup${own}/memory.events`)
  return Number(/^oom_kill (\d+)$/m.exec(events === '' ? read('/proc/vmstat') : events)?.[1] ?? 0)
}
