import { expect, test } from 'vitest'
import { chosen, LAST_MS, moved, queryOf, spanOf, widened } from './traffic-span.ts'

const HOUR_MS = 3_600_000
const END = 1_750_000_000_000

test('an address without a span, or with one that ends before it begins, is the last hour', () => {
  expect(spanOf({})).toEqual({ kind: 'last', name: '1h' })
  expect(spanOf({ from: 5, to: 5, last: '7d' })).toEqual({ kind: 'last', name: '7d' })
})

test('around a span that stands still lies half of it on both sides, in steps of a minute or more', () => {
  expect(queryOf({ kind: 'fixed', from: END - 2 * HOUR_MS, to: END - HOUR_MS })).toEqual({
    ...{ from: END - 2.5 * HOUR_MS, to: END - 0.5 * HOUR_MS, stepMs: 60_000 },
  })
})

test('a span moves by its own width and stops at the end of what there is', () => {
  const shown = [END - 3 * HOUR_MS, END - 2 * HOUR_MS] as const
  expect(moved(shown, -0.5, END)).toEqual({ from: END - 3.5 * HOUR_MS, to: END - 2.5 * HOUR_MS })
  expect(moved(shown, 5, END)).toEqual({ from: END - HOUR_MS, to: END })
  expect(widened(shown, END)).toEqual({ from: END - 3.5 * HOUR_MS, to: END - 1.5 * HOUR_MS })
})

test('what is dragged over is widened to five minutes, around its middle', () => {
  expect(chosen(END - HOUR_MS, END - HOUR_MS + 1_000, END)).toEqual({
    from: END - HOUR_MS - 149_500,
    to: END - HOUR_MS + 150_500,
  })
  expect(LAST_MS['30d']).toBe(30 * 24 * HOUR_MS)
})
