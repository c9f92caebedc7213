import { expect, test } from 'vitest'
import { createManualClock } from '../../../kernel/clock.ts'
import { latencyQuantile } from './latency-quantile.ts'
import { noTraffic } from './live-traffic.ts'
import { createTrafficRecorder } from './traffic-recorder.ts'
import { createVariantCounts } from './variant-counts.ts'

const START = 1_750_000_020_000

test('traffic is kept by second and by minute, as differences, and a deployment that fell still is told once', () => {
  const clock = createManualClock(START)
  let counts = createVariantCounts('one')
  const traffic = {
    ...noTraffic,
    names: () => ['gate'],
    counts: () => [{ version: 3, role: 'answer' as const, counts: counts.read(), rowsWaiting: 0, batches: [] }],
  }
  const recorder = createTrafficRecorder({ traffic, clock })
  const second = (requests: number, status = 200) => {
    for (let i = 0; i < requests; i++) counts.observe(status, 5, 1, 0)
    clock.advance(1_000)
    return recorder.sample()
  }
  expect(second(10)[0]).toMatchObject({ deployment: 'gate', seconds: 1, versions: [{ version: 3, cell: { requests: 10 } }] })
  expect(second(3, 500)[0]?.versions[0]?.cell).toMatchObject({ requests: 3, failures: 3 })
  expect(second(0)).toHaveLength(1)
  expect(second(0)).toEqual([])
  counts = createVariantCounts('another start')
  expect(second(4)[0]?.versions[0]?.cell.requests).toBe(4)
  clock.advance(60_000)
  second(1)
  const minutes = recorder.spans('gate', 'minute', { from: 0, to: Infinity })
  expect(minutes.map(({ versions }) => versions[0]?.cell.requests)).toEqual([17, 1])
  expect(recorder.spans('gate', 'second', { from: START + 1_000, to: START + 3_000 })).toHaveLength(2)
})

test('what is kept of traffic is bounded', () => {
  const clock = createManualClock(START)
  const counts = createVariantCounts('one')
  const read = () => [{ version: 1, role: 'answer' as const, counts: counts.read(), rowsWaiting: 0, batches: [] }]
  const recorder = createTrafficRecorder({ traffic: { ...noTraffic, names: () => ['gate'], counts: read }, clock })
  for (let i = 0; i < 500; i++) {
    counts.observe(200, 1, 1, 0)
    clock.advance(60_000)
    recorder.sample()
  }
  expect(recorder.spans('gate', 'minute', { from: 0, to: Infinity })).toHaveLength(360)
  expect(recorder.spans('gate', 'second', { from: 0, to: Infinity })).toHaveLength(300)
})

test('quantiles of counted latencies lie within an eighth of the true ones', () => {
  const counts = createVariantCounts('one')
  for (let i = 1; i <= 1_000; i++) counts.observe(200, i / 10, 1, 0)
  const { latencies } = counts.read()
  expect(Math.abs(latencyQuantile(latencies, 0.5)! / 50 - 1)).toBeLessThan(0.125)
  expect(Math.abs(latencyQuantile(latencies, 0.99)! / 99 - 1)).toBeLessThan(0.125)
  expect(latencyQuantile([0, 0], 0.5)).toBeUndefined()
})
