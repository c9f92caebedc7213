/**
 * What kill -9 costs. A child accepts requests as fast as it can and tells over a pipe what was acknowledged; it is
 * killed at a random moment, again and again on the same folder, and at the end the books must balance.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../../kernel/log.ts'
import { systemClock } from '../../../kernel/clock.ts'
import { compactJournal } from './compaction.ts'
import { createJournalReader } from './journal-reader.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'

const KILLS = 20
const engine = createSqlEngine({ memoryBytesMax: 300_000_000, tempFolder: path.join(tmpdir(), 'seaworthy-duckdb') })
afterAll(() => engine.close())
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-crash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const childSource = (doorUrl: string, engineUrl: string) => `
const { createJournal, compactJournal } = await import(${JSON.stringify(doorUrl)})
const { createSqlEngine } = await import(${JSON.stringify(engineUrl)})
const { folder, sync, compacts, round } = JSON.parse(process.argv[1])
const journal = createJournal({ folder, sync, syncMs: 5, bufferBytesMax: 1e7, segmentBytesMax: 20000, segmentMsMax: 60000 })
const log = { debug() {}, info() {}, warn() {}, error() {} }
let next = 0
const served = () => {
  const id = 'r' + round + '-' + String(next++).padStart(9, '0')
  return { id, requestId: id, deployment: 'd', model: 'm', version: 1, variant: 'champion', timeMs: Date.now(), latencyMs: 1, caller: '',
    instances: '{"instances":[{"x":1}]}', reply: JSON.stringify({ predictions: [{ id, output: 1 }] }) }
}
const turn = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
async function client() {
  for (;;) {
    const { id, ...request } = served()
    await journal.accept(request)
    process.stdout.write(id + '\\n')
  }
}
async function buffered() {
  for (;;) {
    for (let i = 0; i < 20; i++) { const { id, ...request } = served(); journal.accept(request) }
    await turn(1)
    process.stdout.write(journal.health().stored + '\\n')
  }
}
async function compaction() {
  const engine = createSqlEngine({ memoryBytesMax: 2e8, tempFolder: folder + '/../', threads: 1 })
  for (;;) {
    await compactJournal({ journal: folder + '/d', engine, clock: { now: () => Date.now() }, log })
    process.stdout.write('compacted\\n')
  }
}
if (compacts) void compaction()
if (sync === 'always') await Promise.all(Array.from({ length: 8 }, client))
else await buffered()
`

/** Runs the child until it is killed some milliseconds after its first word, and returns the lines it said. */
async function runAndKill(options: { sync: 'always' | 'interval'; compacts: boolean; round: number }): Promise<string[]> {
  const door = options.compacts ? 'index.ts' : 'journal-plane.ts'
  const at = (file: string) => new URL(file, import.meta.url).href
  const source = childSource(at(`../${door}`), at('../../../platform/sql/sql-engine.ts'))
  const child = spawn(process.execPath, ['--input-type=module', '-e', source, JSON.stringify({ folder, ...options })], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let complaints = ''
  child.stderr.on('data', (bytes: Buffer) => (complaints += bytes.toString()))
  const awaited = options.compacts ? 'compacted' : '\n'
  child.stdout.on('data', (bytes: Buffer) => {
    const isFirst = !said.includes(awaited)
    said += bytes.toString()
    if (isFirst && said.includes(awaited)) setTimeout(() => child.kill('SIGKILL'), Math.random() * 60)
  })
  await new Promise((resolve) => child.on('close', resolve))
  expect(complaints).toBe('')
  return said.split('\n').slice(0, -1)
}

async function idsOnDisk(): Promise<string[]> {
  const reader = createJournalReader({ folder, engine })
  const ids: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await reader.window({ deployment: 'd', limit: 10_000, order: 'oldest', cursor })
    ids.push(...page.items.map((item) => item.id))
    if (page.next === undefined) return ids
    cursor = page.next
  }
}
/** A file whose writer died before the header was written is left alone for a minute, as it may be in the making. That minute passes here. */
function ageLeftovers(): void {
  const hourAgo = Date.now() / 1_000 - 3_600
  for (const name of readdirSync(path.join(folder, 'd'))) {
    if (name.endsWith('.open')) utimesSync(path.join(folder, 'd', name), hourAgo, hourAgo)
  }
}
const compact = () => compactJournal({ journal: path.join(folder, 'd'), engine, clock: systemClock, log: silentLog })

test('under sync always no acknowledged prediction is lost and none is doubled', { timeout: 120_000 }, async () => {
  const acknowledged: string[] = []
  for (let round = 0; round < KILLS; round++) {
    const lines = await runAndKill({ sync: 'always', compacts: round % 4 === 3, round })
    acknowledged.push(...lines.filter((line) => line.startsWith('r')))
  }
  const before = await idsOnDisk()
  expect(new Set(before).size).toBe(before.length)
  expect(acknowledged.length).toBeGreaterThan(KILLS)
  expect(new Set(acknowledged).difference(new Set(before)).size).toBe(0)
  ageLeftovers()
  await compact()
  const after = await idsOnDisk()
  expect(after.toSorted()).toEqual(before.toSorted())
  expect(readdirSync(path.join(folder, 'd')).filter((name) => /\.(open|sealed)$/.test(name))).toEqual([])
})

test(
  'under sync interval everything the journal called stored is there, in order, without a hole',
  { timeout: 60_000 },
  async () => {
    for (let round = 0; round < 5; round++) {
      const lines = await runAndKill({ sync: 'interval', compacts: false, round })
      const stored = Number(lines.at(-1))
      const ids = (await idsOnDisk()).filter((id) => id.startsWith(`r${round}-`)).toSorted()
      expect(ids.length).toBeGreaterThanOrEqual(stored)
      expect(ids).toEqual(ids.map((_, i) => `r${round}-${String(i).padStart(9, '0')}`))
    }
    const before = await idsOnDisk()
    await compact()
    expect((await idsOnDisk()).toSorted()).toEqual(before.toSorted())
  },
)
