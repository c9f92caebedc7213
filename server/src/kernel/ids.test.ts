import { expect, test } from 'vitest'
import { createManualClock } from './clock.ts'
import { createIds } from './ids.ts'

test('ids never repeat and sort by time', () => {
  const clock = createManualClock(1_000_000_000_000)
  const next = createIds(clock)
  const early = Array.from({ length: 1_000 }, next)
  clock.advance(1)
  const late = next()
  expect(new Set(early).size).toBe(1_000)
  expect(early.every((id) => id < late)).toBe(true)
  expect(late).toMatch(/^[0-9a-z]{24}$/)
})

test('two processes that count alike still differ', () => {
  const clock = createManualClock(0)
  expect(createIds(clock)()).not.toBe(createIds(clock)())
})
