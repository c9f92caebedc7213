import type { Explanation } from '@seaworthy/api/incidents'
import { expect, test } from 'vitest'
import { stretchesOf } from './why-stretches.ts'

type Window = Explanation['windows'][number]
const windowAt = (at: number, more: Partial<Window> = {}): Window => ({
  ...{ kind: 'drift', measure: 'psi', window: { from: at, to: at + 1 }, state: 'ok', status: 'ok', breaches: 0, sustained: 3 },
  ...{ because: 'within its bound', value: at / 10, bound: 1, rows: 5 },
  ...more,
})

test('windows in a row of which the same is to be said are one stretch, newest first', () => {
  const breach = { state: 'breach', because: 'suspected' } as const
  const found = stretchesOf([windowAt(0), windowAt(1), windowAt(2, breach), windowAt(3)])
  expect(found.map(({ from, to, windows, state }) => [from, to, windows, state])).toEqual([
    [3, 4, 1, 'ok'],
    [2, 3, 1, 'breach'],
    [0, 2, 2, 'ok'],
  ])
  expect(found[2]).toMatchObject({ low: 0, high: 0.1, rows: 10, bound: 1 })
})

test('measures and slices are told apart, those with a breach first', () => {
  const found = stretchesOf([
    windowAt(0),
    windowAt(0, { slice: 'origin = ATL', state: 'breach', because: 'in incident 1', incident: 1 }),
    windowAt(1, { slice: 'origin = ATL' }),
  ])
  expect(found.map(({ slice }) => slice)).toEqual(['origin = ATL', 'origin = ATL', undefined])
})

test('a window without a value leaves the range as it is', () => {
  const { value: _, ...bare } = windowAt(1)
  expect(stretchesOf([bare, windowAt(0)])).toMatchObject([{ low: 0, high: 0, windows: 2 }])
})
