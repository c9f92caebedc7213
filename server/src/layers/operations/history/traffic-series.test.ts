import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'
import { createTrafficRecorder, noTraffic } from '../../serving/index.ts'
import { createVariantCounts } from '../../serving/traffic/variant-counts.ts'
import { compactJournal } from '../journal/compaction.ts'
import { createJournal } from '../journal/journal.ts'
import type { Journal } from '../journal/journal-port.ts'
import { createJournalTraffic } from './journal-traffic.ts'
import { readTrafficSeries } from './traffic-series.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const START_MS = Date.UTC(2026, 4, 1)
const engine = createSqlEngine({ memoryBytesMax: 200_000_000, tempFolder: path.join(tmpdir(), 'seaworthy-duckdb') })
afterAll(() => engine.close())

let folder: string
let journal: Journal
let clock = createManualClock(START_MS)
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-traffic-'))
  clock = createManualClock(START_MS)
  const limits = { bufferBytesMax: 50_000_000, segmentBytesMax: 50_000_000, segmentMsMax: 300 * DAY_MS }
  journal = createJournal({ folder, sync: 'interval', syncMs: 5, clock, ...limits })
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

/** One request of two rows, the second of which is flagged. */
function serve(timeMs: number, version: number, latencyMs: number, variant = 'champion'): void {
  const id = `${timeMs}-${version}-${variant}`
  const predictions = [
    { id: `${id}-0`, output: 1 },
    { id: `${id}-1`, output: 1, flags: [{ field: 'a' }] },
  ]
  const texts = { instances: JSON.stringify({ instances: [{}, {}] }), reply: JSON.stringify({ predictions }) }
  void journal.accept({
    requestId: id,
    deployment: 'gate',
    model: 'm',
    version,
    variant,
    timeMs,
    latencyMs,
    caller: '',
    ...texts,
  })
}
const compact = () => compactJournal({ journal: path.join(folder, 'gate'), engine, clock, log: silentLog })

test('a span is told from Parquet, from segments and from the counters alike, and nothing twice', async () => {
  for (let minute = 0; minute < 30; minute++) serve(START_MS + minute * MINUTE_MS, 1, 2)
  await journal.rotate()
  await compact()
  for (let minute = 30; minute < 60; minute++) serve(START_MS + minute * MINUTE_MS, minute < 45 ? 1 : 2, 20)
  serve(START_MS + 50 * MINUTE_MS + 1, 3, 20, 'shadow')
  await journal.rotate()
  clock.advance(60 * MINUTE_MS)
  const counts = createVariantCounts('x')
  const loaded = () => [{ version: 2, role: 'answer' as const, counts: counts.read(), rowsWaiting: 0, batches: [] }]
  const recorder = createTrafficRecorder({ traffic: { ...noTraffic, names: () => ['gate'], counts: loaded }, clock })
  counts.observe(200, 20, 2, 1)
  counts.observe(500, 0, 0, 0)
  clock.advance(1_000)
  recorder.sample()
  // The journal has it, too; it is the counters that tell of it.
  serve(clock.now() - 500, 2, 20)
  await journal.rotate()
  const services = { recorder, clock, journalTraffic: createJournalTraffic({ folder, engine }) }
  const { stepMs, times, versions } = await readTrafficSeries({ deployment: 'gate', from: START_MS, to: clock.now() }, services)
  expect([stepMs, times.length]).toEqual([MINUTE_MS, 61])
  const told = versions.map(({ version, role, total: { requests, failures, rows, flagged } }) => [
    version,
    role,
    requests,
    failures,
    rows,
    flagged,
  ])
  expect(told).toEqual([
    [1, 'answer', 45, 0, 90, 45],
    [2, 'answer', 17, 1, 32, 16],
    [3, 'shadow', 1, 0, 2, 1],
  ])
  expect(versions[0]?.cells[3]?.requests).toBe(1)
  const wide = await readTrafficSeries({ deployment: 'gate', from: START_MS - 60 * DAY_MS, to: clock.now() }, services)
  expect(wide.times.length).toBeLessThanOrEqual(2_000)
  expect(wide.versions.map(({ total }) => total.requests)).toEqual([45, 17, 1])
})
