import type { Traffic } from '@seaworthy/api/traffic'
import { expect, test } from 'vitest'
import { type LiveSample, withSamples } from './live-traffic.ts'

const BEGIN = 1_750_000_000_000
const answered: Traffic = {
  ...{ deployment: 'gate', at: BEGIN + 2_500, stepMs: 1_000, countedFrom: BEGIN },
  times: [BEGIN, BEGIN + 1_000, BEGIN + 2_000],
  versions: [
    {
      ...{ version: 1, role: 'answer', requests: [5, 0, 7], failures: [0, 0, 1], invalid: [0, 0, 0] },
      ...{ rows: [5, 0, 7], flagged: [0, 0, 0], p50Ms: [1, null, 2], p99Ms: [3, null, 4], latencies: [12] },
    },
  ],
  ...{ latencyBoundsMs: [], batchRowsBounds: [], now: [] },
}
const sample = (second: number, version: number, requests: number): LiveSample => ({
  ...{ time: BEGIN + second * 1_000 + 300, seconds: 1 },
  versions: [{ version, role: 'answer', requests, failures: 0, invalid: 0, flagged: 0, p50Ms: 9, p99Ms: 9, rowsWaiting: 0 }],
})
const requestsOf = ({ versions }: Traffic) => versions.map(({ version, requests }) => [version, requests])

test('samples go on where the answer ended, and a second without one is idle', () => {
  const { times, versions } = withSamples(answered, [sample(3, 1, 11), sample(5, 1, 13)])
  expect(times.at(-1)).toBe(BEGIN + 5_000)
  expect(versions[0]!.requests).toEqual([5, 0, 7, 11, 0, 13])
  expect(versions[0]!.p99Ms).toEqual([3, null, 4, 9, null, 9])
  expect(answered.versions[0]!.requests).toEqual([5, 0, 7])
})

test('what the answer has already is not counted twice, and what it missed is filled in', () => {
  expect(requestsOf(withSamples(answered, [sample(1, 1, 6), sample(2, 1, 7)]))).toEqual([[1, [5, 6, 7]]])
})

test('a version that comes to answer gets a line of its own, and one that is loaded and idle gets none', () => {
  expect(requestsOf(withSamples(answered, [sample(3, 2, 0), sample(4, 2, 8)]))).toEqual([
    [1, [5, 0, 7, 0, 0]],
    [2, [0, 0, 0, 0, 8]],
  ])
  expect(requestsOf(withSamples(answered, [sample(3, 2, 0)]))).toHaveLength(1)
})

test('after five minutes the oldest seconds leave, and longer steps are left to the server', () => {
  const { times, versions } = withSamples(answered, [sample(301, 1, 3)])
  expect([times.length, times[0], times.at(-1)]).toEqual([300, BEGIN + 2_000, BEGIN + 301_000])
  expect([versions[0]!.requests[0], versions[0]!.requests.at(-1)]).toEqual([7, 3])
  const minutes = { ...answered, stepMs: 60_000 }
  expect(withSamples(minutes, [sample(3, 1, 1)])).toBe(minutes)
})
