import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createManualClock } from '../../../kernel/clock.ts'
import { silentLog } from '../../../kernel/log.ts'
import { EMPTY_MANIFEST, type ParquetFile, readManifest, writeManifest } from './manifest.ts'
import { retainJournal } from './retention.ts'

const DAY_MS = 86_400_000
let journal = ''
beforeEach(() => {
  journal = mkdtempSync(path.join(tmpdir(), 'seaworthy-retention-'))
})
afterEach(() => rmSync(journal, { recursive: true, force: true }))

const clock = createManualClock(100 * DAY_MS)
async function parquet(...days: readonly number[]): Promise<void> {
  const files = days.map((day): ParquetFile => {
    const file = {
      path: `parquet/date=${day}/part-a.parquet`,
      kind: 'predictions',
      day: String(day),
      rows: 1,
      bytes: 1_000,
    } as const
    mkdirSync(path.join(journal, 'parquet', `date=${day}`), { recursive: true })
    writeFileSync(path.join(journal, file.path), Buffer.alloc(1_000))
    return { ...file, fromMs: day * DAY_MS, toMs: day * DAY_MS + 1, versions: [] }
  })
  await writeManifest(journal, { ...EMPTY_MANIFEST, files })
}
const retain = (keepDays: number, keepBytes: number, told: string[] = []) => {
  const log = { ...silentLog, info: (event: string) => told.push(event), error: (event: string) => told.push(event) }
  return retainJournal({ journal, keepDays, keepBytes, clock, log })
}
const days = async () => {
  const manifest = await readManifest(journal)
  return typeof manifest === 'string' ? manifest : manifest.files.map((file) => Number(file.day))
}

test('files older than the limit go, and each is logged', async () => {
  await parquet(99, 10, 95, 20)
  const told: string[] = []
  expect(await retain(30, 1_000_000, told)).toMatchObject({ files: 2, rows: 2, uncompacted: 0 })
  expect(await days()).toEqual([99, 95])
  expect(existsSync(path.join(journal, 'parquet/date=10/part-a.parquet'))).toBe(false)
  expect(told).toHaveLength(2)
})

test('beyond the size the oldest go first', async () => {
  await parquet(99, 97, 98)
  expect(await retain(400, 2_500)).toMatchObject({ files: 1, bytes: 1_000 })
  expect(await days()).toEqual([99, 98])
})

test('segments that are not in Parquet stay until twice the size, the open one always', async () => {
  const names = ['predictions-00000001.sealed', 'predictions-00000002.sealed', 'outcomes-00000003.open']
  for (const name of names) writeFileSync(path.join(journal, name), Buffer.alloc(1_000))
  expect(await retain(1, 1_500)).toMatchObject({ files: 0 })
  const told: string[] = []
  expect(await retain(1, 1_000, told)).toMatchObject({ files: 1, uncompacted: 1 })
  expect(
    readdirSync(journal)
      .filter((name) => name.includes('-0'))
      .toSorted(),
  ).toEqual([names[2], names[1]])
  expect(told[0]).toContain('before it was in Parquet')
  await retain(1, 1)
  expect(readdirSync(journal).filter((name) => name.includes('-0'))).toEqual([names[2]])
})
