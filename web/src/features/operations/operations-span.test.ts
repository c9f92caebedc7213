import { expect, test } from 'vitest'
import { chosenSpan, placesOf, referencesOf, sliceQuery, sliceText, snapped } from './operations-span.ts'

const HOUR = 3_600_000
const windows = [0, 1, 2, 3].map((i) => ({ from: i * HOUR, to: (i + 1) * HOUR }))

test('a span is where its windows are, and touches none beside them', () => {
  expect(placesOf(windows, { from: HOUR, to: 3 * HOUR })).toEqual({ from: 1, to: 2 })
  expect(placesOf(windows, { from: 9 * HOUR, to: 10 * HOUR })).toBeUndefined()
  expect(snapped(windows, { from: HOUR + 5, to: HOUR + 6 })).toEqual({ from: HOUR, to: 2 * HOUR })
  expect(snapped(windows, { from: 9 * HOUR, to: 10 * HOUR })).toEqual({ from: 9 * HOUR, to: 10 * HOUR })
})

test('without a span the last window is meant, and one that runs backwards is none', () => {
  expect(chosenSpan(windows, {})).toEqual(windows[3])
  expect(chosenSpan(windows, { from: 2 * HOUR, to: HOUR })).toEqual(windows[3])
  expect(chosenSpan([], {})).toBeUndefined()
})

test('a long span is not held against itself a day earlier', () => {
  const labels = (hours: number) => referencesOf({ from: 0, to: hours * HOUR }).map(({ label }) => label)
  expect(labels(1)).toHaveLength(4)
  expect(labels(48)).toEqual(['the training data', 'the span just before', 'the same, a week earlier'])
})

test('a slice with signs of its own survives the address', () => {
  const query = sliceQuery('origin = A,B = 100 %')
  expect(query).toBe('origin=A%2CB%20%3D%20100%20%25')
  expect(sliceText(query)).toBe('origin = A,B = 100 %')
  expect(sliceText('origin')).toBe('origin missing')
  expect(sliceText('%E0%A4%A')).toBe('%E0%A4%A')
})
