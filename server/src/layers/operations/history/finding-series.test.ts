import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRegisteredModels } from '../../../../test/fixtures/registered-models.ts'
import { createQualityRecords } from '../monitoring/quality-records.ts'
import { readFindingSeries } from './finding-series.ts'

let models: Awaited<ReturnType<typeof openRegisteredModels>>
beforeAll(async () => {
  models = await openRegisteredModels()
})
afterAll(() => models.close())

const HOUR = 3_600_000
test('quality is drawn by the spans that it is about, measured where outcomes came and estimated where not', async () => {
  const { db } = models
  const qualities = createQualityRecords(db)
  const of = { version: 1, toldIn: 9 * HOUR, knownUntil: 9 * HOUR }
  const auc = { kind: 'quality', subject: 'roc-auc', measure: 'roc-auc', sentence: '' } as const
  const interval = { low: 0.6, high: 0.8, confidence: 0.95 }
  const measured = { ...auc, state: 'breach', value: 0.7, bound: 0.75, rows: 40, interval, coverage: 0.9 } as const
  await qualities.keep('gate', { ...of, from: 0, to: HOUR, estimates: [], findings: [measured] })
  const estimate = { metric: 'roc-auc', value: 0.72, low: 0.7, high: 0.74 }
  await qualities.keep('gate', { ...of, from: HOUR, to: 2 * HOUR, estimates: [estimate], findings: [] })
  const summary = JSON.stringify([
    { kind: 'drift', subject: 'hour', measure: 'x', state: 'ok', value: 0.1, bound: 0.2, sentence: '' },
  ])
  const window = { version: 1, rows: 10, profile: null, slices: null, summary }
  for (const at of [8, 9])
    await db.kysely
      .insertInto('monitor_window')
      .values({ deployment: 'gate', from_at: at * HOUR, to_at: (at + 1) * HOUR, ...window })
      .execute()
  const quality = await readFindingSeries({ deployment: 'gate', kinds: ['quality'], limit: 10 }, db)
  expect(quality.windows.map(({ from, rows }) => [from / HOUR, rows])).toEqual([
    [0, 40],
    [1, 0],
  ])
  expect(quality.series).toMatchObject([
    {
      subject: 'roc-auc',
      values: [0.7, null],
      states: ['breach', 'not-enough-data'],
      intervals: [{ low: 0.6, high: 0.8 }, null],
      coverages: [0.9, null],
      estimates: [null, { value: 0.72, low: 0.7, high: 0.74 }],
    },
  ])
  const all = await readFindingSeries({ deployment: 'gate', kinds: ['drift', 'quality'], limit: 10 }, db)
  expect(all.windows.map(({ from }) => from / HOUR)).toEqual([8, 9])
  expect(all.series.map(({ subject, values }) => [subject, values])).toEqual([
    ['roc-auc', [null, 0.7]],
    ['hour', [0.1, 0.1]],
  ])
  const newest = await readFindingSeries({ deployment: 'gate', kinds: ['drift'], limit: 1 }, db)
  expect([newest.windows.length, newest.truncated]).toEqual([1, true])
})
