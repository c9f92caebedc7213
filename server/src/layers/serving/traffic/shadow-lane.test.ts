import { expect, test } from 'vitest'
import { createShadowLane, originalId, type ShadowPredictor } from './shadow-lane.ts'
import { createVariantCounts } from './variant-counts.ts'

const settled = () => new Promise((resolve) => setTimeout(resolve, 60))
const copyOf = (i: number, bytes = 10) => ({
  ...{ requestId: `r${i}`, caller: '', body: Buffer.alloc(bytes) },
  reply: JSON.stringify({ predictions: [{ id: `p${i}` }] }),
})
const laneOf = (predict: ShadowPredictor['predict'], share = 1) => {
  const counts = createVariantCounts('now')
  return { counts, lane: createShadowLane({ predictor: { predict }, share, salt: 'delay', counts, timeoutMsMax: 20 }) }
}

test('a copy keeps the id of its request and marks the id of its prediction', async () => {
  const seen: string[] = []
  const { lane, counts } = laneOf((request) => {
    seen.push(request.requestId, request.idOf(0), originalId(request.idOf(0)) ?? '')
    request.answer(undefined, '', 1, 1)
  })
  lane.offer(copyOf(1))
  expect(seen).toEqual([])
  await settled()
  expect(seen).toEqual(['r1', 'p1.shadow', 'p1'])
  expect(counts.read()).toMatchObject({ requests: 1, failures: 0, rows: 1, flagged: 1, dropped: 0 })
  expect(originalId('p1')).toBeUndefined()
})

test('a shadow that throws, fails or never answers is counted, and goes on', async () => {
  let turn = 0
  const { lane, counts } = laneOf((request) => {
    turn += 1
    if (turn === 1) throw new Error('bug')
    if (turn === 2) request.answer(new Error('model'), '', 0, 0)
    if (turn === 4) request.answer(undefined, '', 1, 0)
  })
  for (let i = 0; i < 3; i++) lane.offer(copyOf(i))
  await settled()
  lane.offer(copyOf(4))
  lane.offer({ ...copyOf(5), reply: 'no reply' })
  await settled()
  expect(counts.read()).toMatchObject({ requests: 5, failures: 4, rows: 1 })
})

test('what its queue cannot hold is dropped and counted, by number and by bytes', async () => {
  const { lane, counts } = laneOf(() => {})
  for (let i = 0; i < 300; i++) lane.offer(copyOf(i))
  expect(counts.read().dropped).toBe(44)
  const large = laneOf(() => {})
  for (let i = 0; i < 5; i++) large.lane.offer(copyOf(i, 5_000_000))
  expect(large.counts.read().dropped).toBe(2)
  lane.close()
  lane.offer(copyOf(301))
  await settled()
  expect(counts.read()).toMatchObject({ requests: 0, dropped: 44 })
})

test('it takes its share', async () => {
  const { lane, counts } = laneOf((request) => request.answer(undefined, '', 1, 0), 0.25)
  for (let i = 0; i < 800; i++) lane.offer(copyOf(i))
  await settled()
  const { requests, dropped } = counts.read()
  expect((requests + dropped) / 800).toBeCloseTo(0.25, 1)
})
