import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createSqlEngine, type Row } from '../../../platform/sql/sql-engine.ts'
import { compactJournal } from './compaction.ts'
import type { Journal } from './journal-port.ts'
import { createJournal } from './journal.ts'
import { createJournalWindows } from './journal-window.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2001, 1, 3, 12)
const engine = createSqlEngine({ memoryBytesMax: 200_000_000, tempFolder: path.join(tmpdir(), 'seaworthy-duckdb-window') })
afterAll(() => engine.close())

let folder = ''
let clock = createManualClock(START_MS)
let journal: Journal
let nextId = createIds(clock)
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-window-'))
  clock = createManualClock(START_MS)
  nextId = createIds(clock)
  const limits = { bufferBytesMax: 50_000_000, segmentBytesMax: 50_000_000, segmentMsMax: 300 * DAY_MS }
  journal = createJournal({ folder, sync: 'interval', syncMs: 5, clock, ...limits })
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

function predict(hour: number, variant = 'champion'): string {
  const id = nextId()
  void journal.accept({
    requestId: `r${id}`,
    ...{ deployment: 'd', model: 'm', version: 1, variant, timeMs: clock.now(), latencyMs: 1, caller: '' },
    instances: JSON.stringify({ instances: [{ hour }] }),
    reply: JSON.stringify({ predictions: [{ id, output: { late: hour / 100 } }] }),
  })
  return id
}
const happen = (predictionId: string, outcome: number, observedAt?: number) =>
  journal.recordOutcomes('d', [{ predictionId, outcome, observedAt }])
const rows = (more: { from?: number; to?: number; asOf?: number } = {}): Promise<Row[]> =>
  createJournalWindows({ folder, engine }).read(
    { deployment: 'd', from: 0, to: Infinity, asOf: clock.now(), ...more },
    (session) =>
      session.rows(
        `SELECT (inputs->>'hour')::INTEGER AS hour, outcome::VARCHAR AS outcome FROM window_rows ORDER BY time_us, prediction_id`,
      ),
  )
async function compact() {
  await journal.rotate()
  await compactJournal({ journal: path.join(folder, 'd'), engine, clock, log: silentLog })
}

test('outcomes are those that were known at the moment asked for, whatever came after and was compacted since', async () => {
  const [a, b] = [predict(1), predict(2), predict(3)]
  await journal.flush()
  clock.advance(DAY_MS)
  await happen(a, 1)
  const early = clock.now()
  clock.advance(DAY_MS)
  await happen(a, 0)
  await happen(b, 1, START_MS + 5)
  const late = clock.now()
  const asked = async () => [await rows({ asOf: early }), await rows({ asOf: late })]
  const expected = [
    [
      { hour: 1, outcome: '1' },
      { hour: 2, outcome: null },
      { hour: 3, outcome: null },
    ],
    [
      { hour: 1, outcome: '0' },
      { hour: 2, outcome: '1' },
      { hour: 3, outcome: null },
    ],
  ]
  expect(await asked()).toEqual(expected)
  await compact()
  expect(await asked()).toEqual(expected)
  clock.advance(DAY_MS)
  await happen(a, 1)
  expect(await asked()).toEqual(expected)
  await compact()
  expect(await asked()).toEqual(expected)
})

test('a window begins with its first millisecond and ends before its last, on both sides of a compaction', async () => {
  for (let hour = 0; hour < 4; hour++) {
    predict(hour)
    if (hour === 1) await compact()
    clock.advance(1_000)
  }
  await journal.flush()
  const found = await rows({ from: START_MS + 1_000, to: START_MS + 3_000 })
  expect(found.map(({ hour }) => hour)).toEqual([1, 2])
})

test('a shadow answered nobody, and its predictions are in no window', async () => {
  predict(1)
  predict(1, 'shadow')
  predict(2, 'challenger')
  await journal.flush()
  expect((await rows()).map(({ hour }) => hour)).toEqual([1, 2])
})

test('outcomes are counted by prediction, those that were recorded since', async () => {
  const [a, b] = [predict(1), predict(2)]
  await happen(a, 1)
  const since = clock.now()
  clock.advance(1_000)
  const count = () => createJournalWindows({ folder, engine }).countOutcomes({ deployment: 'd', since, until: clock.now() })
  expect(await count()).toBe(0)
  await happen(b, 1)
  await compact()
  await happen(b, 0)
  await happen(a, 0)
  expect(await count()).toBe(2)
})

test('a deployment without a journal has an empty window', async () => {
  expect(await rows()).toEqual([])
})

test('reading stops when it is told to', async () => {
  const stop = AbortSignal.abort('cancelled')
  const reading = createJournalWindows({ folder, engine }).read(
    { deployment: 'd', from: 0, to: 1, asOf: 1 },
    (session) => session.rows('SELECT 1'),
    stop,
  )
  await expect(reading).rejects.toBe('cancelled')
})
