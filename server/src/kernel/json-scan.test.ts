import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countMembers, findDuplicateKeys } from './json-scan.ts'

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return own + Object.values(value).reduce<number>((sum, inner) => sum + membersOf(inner), 0)
}

test('any JSON without duplicates has as many members as parsed properties, and no duplicate is found in it', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const parsed = JSON.parse(text) as unknown
      if (countMembers(text, 1_000) === membersOf(parsed)) return findDuplicateKeys(text, 10).length === 0
      return findDuplicateKeys(text, 10).length > 0
    }),
  )
})

test.each([
  ['{"a":1,"a":2}', ['a']],
  ['{"a":1,"\\u0061":2}', ['a']],
  ['{"instances":[{"x":1},{"x":1,"y":"\\"x\\":","x":3}]}', ['instances[1].x']],
  ['{"a":{"b":1},"b":{"b":1}}', []],
  ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ['{"a" : ":a", "b":"a", "c":["a","a"]}', []],
])('duplicate keys of %s are found where they are', (text, paths) => {
  expect(findDuplicateKeys(text, 10)).toEqual(paths)
  expect(countMembers(text, 10)! > membersOf(JSON.parse(text))).toBe(paths.length > 0)
})

test('brackets inside strings do not nest; brackets outside do', () => {
  expect(countMembers(JSON.stringify({ a: '[[[['.repeat(100) }), 3)).toBe(1)
  expect(countMembers('['.repeat(10_000), 32)).toBeUndefined()
  expect(countMembers('{"a":'.repeat(33), 32)).toBeUndefined()
  expect(countMembers('{"a":'.repeat(32), 32)).toBe(32)
})

test('unfinished strings and escapes end the scan without harm', () => {
  for (const text of ['"', '"\\', '{"a', '{"a\\"', '\\']) expect(() => countMembers(text, 4)).not.toThrow()
})
