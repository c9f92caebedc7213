import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createProgressRelay } from './progress-relay.ts'

test('the first and the latest progress arrive, and none that was passed over between them', async () => {
  const sent: number[] = []
  const relay = createProgressRelay(async ({ done }) => {
    sent.push(done)
    if (done === 0) throw new Error('the store is busy')
  })
  for (let done = 0; done < 100; done++) relay.push({ done, total: 100 })
  await relay.end()
  relay.push({ done: 100, total: 100 })
  await relay.end()
  expect(sent).toEqual([0, 99])
})

test('progress goes on after a pause', async () => {
  const sent: number[] = []
  const relay = createProgressRelay(async ({ done }) => void sent.push(done))
  relay.push({ done: 1, total: 2 })
  await pause(300)
  relay.push({ done: 2, total: 2 })
  await pause(10)
  expect(sent).toEqual([1, 2])
  await relay.end()
})
