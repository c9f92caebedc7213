import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wellFormedJson } from './well-formed-json.ts'

const deeplyWellFormed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, member: unknown) => (typeof member === 'string' ? member.toWellFormed() : member))

test('halves of surrogate pairs are replaced, and nothing else is touched', () => {
  const text = fc.string({ unit: fc.constantFrom('\\', '"', 'u', 'ud800', '\ud800', '\udfff', '😀', 'd8', '\0', 'é') })
  fc.assert(
    fc.property(fc.oneof(text, fc.array(text)), (value) => {
      expect(JSON.parse(wellFormedJson(JSON.stringify(value)))).toEqual(deeplyWellFormed(value))
    }),
    { numRuns: 2_000 },
  )
})
