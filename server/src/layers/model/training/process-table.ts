/**
 * Which processes there are, and what memory they hold: from /proc on Linux, from `ps` elsewhere. A process is told from a
 * later one with the same number by the time at which it started.
 */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'

/** So many files of /proc are read before requests of this process get their turn: about a millisecond. */
const READS_PER_TURN = 64
const PS_MS_MAX = 5_000
const PS_BYTES_MAX = 8 * 1_024 * 1_024
const KiB = 1_024

export interface ProcessRow {
  readonly pid: number
  readonly group: number
  /** On systems where `ps` does not tell it, the group. */
  readonly session: number
  /** Comparable text. */
  readonly startedAt: string
  /** Ended, and only waiting for its parent to notice. */
  readonly dead: boolean
}

export interface ProcessTable {
  list(): Promise<readonly ProcessRow[]>
  /** Bytes of memory that these processes hold together. */
  memoryBytes(pids: readonly number[], bytesOfInterest: number): Promise<number>
  /** Whether the process was started with this environment variable, by itself or by one that begat it. */
  hasVariable(pid: number, name: string, value: string): boolean
}

export function openProcessTable(platform: NodeJS.Platform = process.platform): ProcessTable {
  return platform === 'linux' ? linuxTable : platform === 'win32' ? emptyTable : psTable
}

const emptyTable: ProcessTable = Object.freeze<ProcessTable>({
  list: async () => [],
  memoryBytes: async () => 0,
  hasVariable: () => false,
})

const linuxTable: ProcessTable = Object.freeze<ProcessTable>({
  async list() {
    const rows: ProcessRow[] = []
    for (const [at, name] of readdirSync('/proc').entries()) {
      if (at % READS_PER_TURN === READS_PER_TURN - 1) await nextTurn()
      if (!/^\d+$/.test(name)) continue
      const row = parseStat(read(`/proc/${name}/stat`))
      if (row !== undefined) rows.push(row)
    }
    return rows
  },
  /**
   * The sum of what each has in memory counts pages twice that forked processes share. Where it is of interest, the kernel's
   * proportional count decides, which costs it a walk over all pages.
   */
  async memoryBytes(pids, bytesOfInterest) {
    const resident = sum(pids.map((pid) => kibibytes(read(`/proc/${pid}/status`), 'VmRSS')))
    if (resident <= bytesOfInterest || pids.length < 2) return resident
    const proportional = pids.map((pid) => kibibytes(read(`/proc/${pid}/smaps_rollup`), 'Pss'))
    return proportional.every((bytes) => bytes > 0) ? sum(proportional) : resident
  },
  hasVariable: (pid, name, value) => `\0${read(`/proc/${pid}/environ`)}`.includes(`\0${name}=${value}\0`),
})

const psTable: ProcessTable = Object.freeze<ProcessTable>({
  list: async () => (await readPs()).map(({ row }) => row),
  async memoryBytes(pids) {
    const wanted = new Set(pids)
    return sum((await readPs()).filter(({ row }) => wanted.has(row.pid)).map(({ bytes }) => bytes))
  },
  hasVariable: () => false,
})

/** `pid (name) state ppid pgrp session ... starttime ...`: the name may hold anything, so the fields are counted from its end. */
function parseStat(text: string): ProcessRow | undefined {
  const pid = Number.parseInt(text, 10)
  const [state, , group, session, ...more] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const startedAt = more[15]
  if (Number.isNaN(pid) || startedAt === undefined) return undefined
  return { pid, group: Number(group), session: Number(session), startedAt, dead: state === 'Z' || state === 'X' }
}

async function readPs(): Promise<{ row: ProcessRow; bytes: number }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,pgid=,stat=,rss=,lstart='], {
    timeout: PS_MS_MAX,
    maxBuffer: PS_BYTES_MAX,
    env: { ...process.env, LC_ALL: 'C' },
  })
  return stdout.split('\n').flatMap((line) => {
    const [pid, group, state, kib, ...started] = line.trim().split(/\s+/)
    if (started.length === 0) return []
    const row = { pid: Number(pid), group: Number(group), session: Number(group), startedAt: started.join(' ') }
    return [{ row: { ...row, dead: state?.startsWith('Z') === true }, bytes: Number(kib) * KiB }]
  })
}

/** Empty when it ended meanwhile, or belongs to somebody else. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const kibibytes = (text: string, field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * KiB
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
