import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

test('equal values have equal bytes, whatever the order of their keys', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'ü"' }], a: 1e21, '10': true, '9': -0 })).toBe(
    '{"10":true,"9":0,"a":1e+21,"b":[1,{"c":"ü\\"","d":null}]}',
  )
  expect(canonicalJson({ a: undefined, t: new Date(0) })).toBe('{"t":"1970-01-01T00:00:00.000Z"}')
})

test('what JSON does not have is refused rather than turned into null', () => {
  for (const value of [Number.NaN, { a: Number.POSITIVE_INFINITY }, undefined, () => 1, 1n])
    expect(() => canonicalJson(value)).toThrow(TypeError)
})
