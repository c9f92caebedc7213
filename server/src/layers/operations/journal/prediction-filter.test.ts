import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createManualClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import { createSqlEngine } from '../../../platform/sql/sql-engine.ts'
import { compactJournal } from './compaction.ts'
import { createJournal } from './journal.ts'
import { createJournalReader } from './journal-reader.ts'
import type { PredictionFilter } from './prediction-filter.ts'

const START_MS = Date.UTC(2026, 1, 3, 12)
const engine = createSqlEngine({ memoryBytesMax: 200_000_000, tempFolder: path.join(tmpdir(), 'seaworthy-duckdb') })
const folder = mkdtempSync(path.join(tmpdir(), 'seaworthy-filter-'))
const reader = createJournalReader({ folder, engine })
const clock = createManualClock(START_MS)
const rows = [
  { id: 'a', inputs: { origin: 'ATL', hour: 7, 'a/b~c': "O'Hare" }, output: { late: 0.1 }, variant: 'champion' },
  { id: 'b', inputs: { origin: 'ATL', hour: 7.5 }, output: { late: 0.9 }, variant: 'challenger', flags: [{ field: 'hour' }] },
  { id: 'c', inputs: { origin: null, hour: 8 }, output: { late: 0.5 }, variant: 'champion' },
  { id: 'd', inputs: { hour: 8, origin: '' }, output: { kind: { setosa: 0.7, 'x/y': 0.2 } }, variant: 'champion' },
]
const filters: readonly (readonly [PredictionFilter, string])[] = [
  [{}, 'dcba'],
  [{ slice: [{ input: 'origin', value: 'ATL' }] }, 'ba'],
  [{ slice: [{ input: 'origin', value: null }] }, 'c'],
  [{ slice: [{ input: 'origin', value: '' }] }, 'd'],
  [
    {
      slice: [
        { input: 'hour', value: '7' },
        { input: 'origin', value: 'ATL' },
      ],
    },
    'a',
  ],
  [{ slice: [{ input: 'hour', value: '7.5' }] }, 'b'],
  [{ slice: [{ input: 'a/b~c', value: "O'Hare" }] }, 'a'],
  [{ score: { output: ['late'], min: 0.5 } }, 'cb'],
  [{ score: { output: ['late'], min: 0.2, max: 0.6 } }, 'c'],
  [{ score: { output: ['kind', 'setosa'], min: 0.5 } }, 'd'],
  [{ score: { output: ['kind', 'x/y'], max: 0.5 } }, 'd'],
  [{ variant: 'challenger' }, 'b'],
  [{ flagged: true }, 'b'],
  [{ caller: 'nobody' }, ''],
]
const found = async (filter: PredictionFilter) => {
  const { items } = await reader.window({ deployment: 'gate', filter })
  return items.map(({ id }) => id).join('')
}
const limits = { bufferBytesMax: 50_000_000, segmentBytesMax: 50_000_000, segmentMsMax: 300 * 86_400_000 }
const journal = createJournal({ folder, sync: 'always', syncMs: 5, clock, ...limits })

beforeAll(async () => {
  for (const { id, inputs, output, variant, flags } of rows) {
    clock.advance(1_000)
    const texts = {
      instances: JSON.stringify({ instances: [inputs] }),
      reply: JSON.stringify({ predictions: [{ id, output, ...(flags && { flags }) }] }),
    }
    const about = { requestId: id, deployment: 'gate', model: 'm', version: 1, variant, caller: 'kim' }
    await journal.accept({ ...about, timeMs: clock.now(), latencyMs: 1, ...texts })
  }
})
afterAll(async () => {
  await journal.close()
  engine.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a search finds the same in segments as in Parquet', async () => {
  for (const [filter, ids] of filters) expect([filter, await found(filter)]).toEqual([filter, ids])
  await journal.rotate()
  await compactJournal({ journal: path.join(folder, 'gate'), engine, clock, log: silentLog })
  for (const [filter, ids] of filters) expect([filter, await found(filter)]).toEqual([filter, ids])
  const { items, next } = await reader.window({ deployment: 'gate', filter: { variant: 'champion' }, limit: 2 })
  expect([items.map(({ id }) => id), next === undefined]).toEqual([['d', 'c'], false])
})
