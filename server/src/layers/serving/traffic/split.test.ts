import { expect, test } from 'vitest'
import { inputKey } from './routing-key.ts'
import { createSplit, placeOf } from './split.ts'

const KEYS = Array.from({ length: 20_000 }, (_, i) => `customer-${i}`)
const splitOf = (challenger: number, salt = 'delay') =>
  createSplit(
    [
      { name: 'challenger', share: challenger },
      { name: 'champion', share: 1 - challenger },
      { name: 'standby', share: 0 },
    ],
    salt,
  )
const triedOf = (challenger: number, salt?: string) =>
  new Set(KEYS.filter((key) => splitOf(challenger, salt)(key).name === 'challenger'))

test.each([0.01, 0.1, 0.5, 0.9])(
  'a share of %f is met within one point in a hundred, with keys that are only counted up',
  (share) => {
    expect(Math.abs(triedOf(share).size / KEYS.length - share)).toBeLessThan(0.01)
  },
)

test('who is tried stays tried while the share grows', () => {
  const [few, many] = [triedOf(0.1), triedOf(0.5)]
  expect([...few].filter((key) => !many.has(key))).toEqual([])
})

test('two deployments try other callers', () => {
  const [one, other] = [triedOf(0.1), triedOf(0.1, 'fraud')]
  const both = [...one].filter((key) => other.has(key)).length
  expect(both / one.size).toBeLessThan(0.15)
})

test('a share of 0 is never asked, and without shares the first answers', () => {
  expect(new Set(KEYS.map((key) => splitOf(0)(key).name))).toEqual(new Set(['champion']))
  expect(createSplit([{ name: 'standby', share: 0 }], 'delay')('x').name).toBe('standby')
})

test('places are spread evenly: chi-square of 100 bins below its 99.9 % point, 148.2', () => {
  const counts = new Float64Array(100)
  for (const key of KEYS) counts[Math.floor(placeOf(key, 'delay') * 100)]! += 1
  const expected = KEYS.length / 100
  expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(148.2)
})

test('the key of a body is the value in its first instance, or none', () => {
  const keyOf = (body: string) => inputKey(Buffer.from(body), 'customer')
  expect(keyOf('{"instances":[{"customer":7},{"customer":8}]}')).toBe('7')
  expect(keyOf('{"instances":[{"customer":"ann"}]}')).toBe('ann')
  for (const body of [
    '',
    '[]',
    'null',
    '{"instances":[]}',
    '{"instances":[null]}',
    '{"instances":[{"customer":{}}]}',
    '{"instances":[{}]}',
  ])
    expect(keyOf(body)).toBeUndefined()
  expect(inputKey(Buffer.from('{"instances":[{}]}'), 'constructor')).toBeUndefined()
})
