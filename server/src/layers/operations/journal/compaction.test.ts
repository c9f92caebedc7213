import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../../kernel/clock.ts'
import { createIds } from '../../../kernel/ids.ts'
import { silentLog } from '../../../kernel/log.ts'
import { compactJournal } from './compaction.ts'
import { createJournal } from './journal.ts'
import type { Journal } from './journal-port.ts'
import { createJournalReader, type JournalReader } from './journal-reader.ts'
import { readManifest, writeManifest } from './manifest.ts'
import { listSegments } from './segment-folder.ts'
import { createSqlEngine, type SqlEngine } from '../../../platform/sql/sql-engine.ts'

const DAY_MS = 86_400_000
const START_MS = Date.UTC(2001, 1, 3, 12)
const engine = createSqlEngine({ memoryBytesMax: 200_000_000, tempFolder: path.join(tmpdir(), 'seaworthy-duckdb') })
afterAll(() => engine.close())

let folder = ''
let clock = createManualClock(START_MS)
let journal: Journal
let reader: JournalReader
const nextId = createIds()
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-compaction-'))
  clock = createManualClock(START_MS)
  const limits = { bufferBytesMax: 50_000_000, segmentBytesMax: 50_000_000, segmentMsMax: 300 * DAY_MS }
  journal = createJournal({ folder, sync: 'interval', syncMs: 5, clock, ...limits })
  reader = createJournalReader({ folder, engine })
})
afterEach(async () => {
  await journal.close()
  rmSync(folder, { recursive: true, force: true })
})

const journalFolder = () => path.join(folder, 'flight-delay')
const compact = (more: { engine?: SqlEngine; signal?: AbortSignal } = {}) =>
  compactJournal({ journal: journalFolder(), engine, clock, log: silentLog, ...more })

/** Serves one request with `rows` instances at `timeMs` and returns its prediction ids. */
function serve(timeMs = clock.now(), rows = 1, version = 1): string[] {
  const ids = Array.from({ length: rows }, () => nextId())
  const instances = ids.map((_, row) => ({ hour: row, origin: "O'Hare", __proto__x: null }))
  const predictions = ids.map((id, row) => ({
    id,
    output: { late: row / 10 },
    ...(row === 1 && { flags: [{ field: 'origin' }] }),
  }))
  void journal.accept({
    requestId: `r-${ids[0]}`,
    deployment: 'flight-delay',
    model: 'delay',
    version,
    variant: 'champion',
    timeMs,
    latencyMs: 0.75,
    caller: 'gate 7',
    instances: JSON.stringify({ instances }),
    reply: JSON.stringify({ predictions }),
  })
  return ids
}
const allIds = async () => {
  const ids: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await reader.window({ deployment: 'flight-delay', limit: 7, order: 'oldest', cursor })
    ids.push(...page.items.map((item) => item.id))
    if (page.next === undefined) return ids
    cursor = page.next
  }
}
const parquetFiles = () =>
  readdirSync(journalFolder(), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'))

test('a prediction reads the same before and after compaction, flags and outcome included', async () => {
  const ids = serve(START_MS + 0.5, 3)
  await journal.recordOutcomes('flight-delay', [{ predictionId: ids[1]!, outcome: 1, observedAt: START_MS + 1_000 }])
  await journal.rotate()
  const before = await reader.find('flight-delay', ids[1]!)
  expect(before).toEqual({
    id: ids[1],
    requestId: `r-${ids[0]}`,
    deployment: 'flight-delay',
    model: 'delay',
    version: 1,
    variant: 'champion',
    time: START_MS + 0.5,
    latencyMs: 0.75,
    caller: 'gate 7',
    rowInRequest: 1,
    inputs: { hour: 1, origin: "O'Hare", __proto__x: null },
    output: { late: 0.1 },
    flags: [{ field: 'origin' }],
    outcome: 1,
    outcomeAt: START_MS + 1_000,
  })
  expect(await compact()).toMatchObject({ segments: 2, predictions: 3, outcomes: 1, files: 2, unreadable: 0, damaged: 0 })
  expect(await reader.find('flight-delay', ids[1]!)).toEqual(before)
  expect(await listSegments(journalFolder())).toEqual([])
})

test('plain DuckDB reads the files by day, with typed columns', async () => {
  serve(START_MS, 2)
  serve(START_MS + DAY_MS, 1)
  await journal.rotate()
  await compact()
  const session = await engine.session()
  const rows = await session.rows(
    `SELECT date::VARCHAR AS date, time::VARCHAR AS time, (inputs->>'$.hour')::INTEGER AS hour, (output->>'$.late')::DOUBLE AS late
     FROM read_parquet('${journalFolder()}/parquet/**/*.parquet', hive_partitioning = true) ORDER BY time, prediction_id`,
  )
  session.close()
  expect(rows).toEqual([
    { date: '2001-02-03', time: '2001-02-03 12:00:00+00', hour: 0, late: 0 },
    { date: '2001-02-03', time: '2001-02-03 12:00:00+00', hour: 1, late: 0.1 },
    { date: '2001-02-04', time: '2001-02-04 12:00:00+00', hour: 0, late: 0 },
  ])
})

test('a window pages through Parquet and segments together, in either order, without a gap or a double', async () => {
  const ids: string[] = []
  for (let i = 0; i < 30; i++) {
    ids.push(...serve(START_MS + Math.floor(i / 3), 2, 1 + (i % 2)))
    if (i === 9 || i === 19) {
      await journal.rotate()
      if (i === 9) await compact()
    }
  }
  await journal.flush()
  expect(await allIds()).toEqual(ids)
  const newest = await reader.window({ deployment: 'flight-delay', limit: 4 })
  expect(newest.items.map((item) => item.id)).toEqual(ids.toReversed().slice(0, 4))
  const some = await reader.window({
    deployment: 'flight-delay',
    from: START_MS + 2,
    to: START_MS + 4,
    version: 2,
    order: 'oldest',
  })
  expect(some.items.every((item) => item.version === 2 && item.time >= START_MS + 2 && item.time < START_MS + 4)).toBe(true)
  expect(some.items).toHaveLength(6)
  expect(await reader.count({ deployment: 'flight-delay', from: START_MS + 2, to: START_MS + 4, version: 2 })).toBe(6)
  expect(await reader.stats('flight-delay')).toMatchObject({
    predictions: 60,
    from: START_MS,
    to: START_MS + 9,
    versions: [
      { version: 1, predictions: 30 },
      { version: 2, predictions: 30 },
    ],
    uncompactedSegments: 2,
  })
  await expect(reader.window({ deployment: 'flight-delay', cursor: 'nonsense' })).rejects.toMatchObject({
    code: 'CURSOR_INVALID',
  })
  expect(await reader.window({ deployment: 'nothing-here' })).toEqual({ items: [] })
})

test('an outcome sent again changes nothing, a later one corrects it, and the history stays', async () => {
  const [id = ''] = serve()
  const tell = async (outcome: number, observedAt: number) => {
    clock.advance(1_000)
    await journal.recordOutcomes('flight-delay', [{ predictionId: id, outcome, observedAt }])
  }
  const current = async () =>
    (await reader.window({ deployment: 'flight-delay' })).items.map((item) => [item.outcome, item.outcomeAt])
  await tell(0, START_MS + 10)
  await tell(0, START_MS + 10)
  await tell(0, START_MS + 20)
  expect(await current()).toEqual([[0, START_MS + 10]])
  await journal.rotate()
  await compact()
  await tell(1, START_MS + 30)
  await tell(0, START_MS + 5)
  expect(await current()).toEqual([[1, START_MS + 30]])
  await journal.rotate()
  await compact()
  expect(await current()).toEqual([[1, START_MS + 30]])
  const history = await reader.listOutcomes('flight-delay', id)
  expect(history.map((record) => [record.outcome, record.observedAtMs])).toEqual([
    ['0', START_MS + 5],
    ['1', START_MS + 30],
  ])
})

test('an outcome may come before its prediction is known, and for one that never was', async () => {
  const future = nextId()
  await journal.recordOutcomes('flight-delay', [{ predictionId: future, outcome: 'late' }])
  expect(await reader.find('flight-delay', future)).toBeUndefined()
  expect((await reader.stats('flight-delay')).outcomes).toBe(1)
})

test('days that are over become one file each, sorted by time', async () => {
  const ids = [1, 2, 3].map((i) => ({ i, id: '' }))
  for (const each of ids) {
    each.id = serve(START_MS + 10 - each.i)[0]!
    await journal.rotate()
    await compact()
  }
  expect(parquetFiles()).toHaveLength(3)
  clock.advance(2 * DAY_MS)
  expect(await compact()).toMatchObject({ segments: 0, merged: 3 })
  expect(parquetFiles()).toHaveLength(1)
  expect(await allIds()).toEqual(ids.toReversed().map((each) => each.id))
})

test.each(['before', 'after'] as const)('a crash %s the manifest is written neither loses nor doubles a row', async (when) => {
  const ids = [...serve(START_MS, 5), ...serve(START_MS + DAY_MS, 5)]
  await journal.rotate()
  const [segment] = await listSegments(journalFolder())
  const bytes = readFileSync(segment!.path)
  await compact()
  const manifest = await readManifest(journalFolder())
  if (typeof manifest === 'string') throw new Error(manifest)
  writeFileSync(segment!.path, bytes)
  if (when === 'before') await writeManifest(journalFolder(), { ...manifest, files: [] })
  else await writeManifest(journalFolder(), { ...manifest, consumed: [segment!.name.replace('.sealed', '')] })
  const half = path.join(journalFolder(), 'parquet', 'date=2001-02-03', 'part-half.parquet.writing')
  writeFileSync(half, 'PAR1')
  expect((await allIds()).toSorted()).toEqual(ids.toSorted())
  await compact()
  expect((await allIds()).toSorted()).toEqual(ids.toSorted())
  expect(parquetFiles()).toHaveLength(2)
  expect(existsSync(half)).toBe(false)
  expect(await listSegments(journalFolder())).toEqual([])
})

test.each(['lost', 'damaged'] as const)('a manifest that is %s is rebuilt from the files', async (how) => {
  const ids = serve(START_MS, 5)
  await journal.recordOutcomes('flight-delay', [{ predictionId: ids[0]!, outcome: true }])
  await journal.rotate()
  const kept = (await listSegments(journalFolder())).map((segment) => ({ ...segment, bytes: readFileSync(segment.path) }))
  await compact()
  for (const segment of kept) writeFileSync(segment.path, segment.bytes)
  ids.push(...serve(START_MS, 2))
  await journal.rotate()
  const manifest = path.join(journalFolder(), 'manifest.json')
  if (how === 'lost') rmSync(manifest)
  else writeFileSync(manifest, '{"format":1,"files":[')
  await compact()
  expect(await allIds()).toEqual(ids)
  expect(await reader.stats('flight-delay')).toMatchObject({ predictions: 7, outcomes: 1, uncompactedSegments: 0 })
})

test('a damaged segment gives what is readable and is kept for a person', async () => {
  for (let i = 0; i < 3; i++) {
    serve(START_MS + i)
    await journal.flush()
  }
  await journal.rotate()
  const [segment] = await listSegments(journalFolder())
  const bytes = readFileSync(segment!.path)
  bytes[bytes.indexOf('SWFR', bytes.indexOf('SWFR') + 4) + 50]! ^= 1
  writeFileSync(segment!.path, bytes)
  expect(await compact()).toMatchObject({ predictions: 2, damaged: 1 })
  expect(readdirSync(path.join(journalFolder(), 'damaged'))).toEqual([segment!.name])
  expect(await allIds()).toHaveLength(2)
})

test('a request whose texts are no predictions is counted and kept aside, and stops nothing', async () => {
  const [id] = serve()
  void journal.accept({
    requestId: 'odd',
    deployment: 'flight-delay',
    model: 'delay',
    version: 1,
    variant: 'champion',
    timeMs: START_MS,
    latencyMs: 1,
    caller: '',
    instances: 'no json',
    reply: '{}',
  })
  await journal.rotate()
  expect(await compact()).toMatchObject({ predictions: 1, unreadable: 1, damaged: 1 })
  expect(await allIds()).toEqual([id])
})

test('a time that no calendar has does not stop the compaction', async () => {
  const ids = [...serve(Number.NaN), ...serve(-5), ...serve(1e300)]
  await journal.rotate()
  expect(await compact()).toMatchObject({ predictions: 3 })
  expect((await allIds()).toSorted()).toEqual(ids.toSorted())
})

test('two compactions at once: the second is refused, and a dead one is taken over', async () => {
  serve()
  await journal.rotate()
  const results = await Promise.allSettled([compact(), compact()])
  expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({ code: 'COMPACTION_RUNNING' })
  mkdirSync(journalFolder(), { recursive: true })
  writeFileSync(path.join(journalFolder(), 'compact.lock'), '{"host":"","pid":1,"startTicks":"","token":"x"')
  await expect(compact()).resolves.toMatchObject({ segments: 0 })
})

test('reading while compaction runs shows every prediction once', async () => {
  const ids: string[] = []
  for (let round = 0; round < 6; round++) {
    ids.push(...serve(START_MS + round, 20))
    await journal.rotate()
    const [, seen] = await Promise.all([compact(), allIds(), allIds()])
    expect(seen).toEqual(ids)
  }
})

test('an aborted compaction stops, and the next one finishes the work', async () => {
  const ids = serve(START_MS, 3)
  await journal.rotate()
  await expect(compact({ signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped')
  await compact()
  expect(await allIds()).toEqual(ids)
})
