import fc from 'fast-check'
import { expect, test } from 'vitest'
import { float32Text, numberText } from './number-text.ts'

test('the text of a 32-bit float gives back the same 32 bits', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      return Math.fround(JSON.parse(float32Text(value)) as number) === value || Object.is(value, -0)
    }),
    { numRuns: 5_000 },
  )
})

test('it is as short as what a person wrote', () => {
  for (const text of ['0.2312', '0.05', '0.001234', '123.456', '0.1', '-7.25', '99999.5', '1', '0.99999'])
    expect(float32Text(Math.fround(Number(text)))).toBe(text)
})

test('what JSON cannot say is null', () => {
  expect([Number.NaN, Number.POSITIVE_INFINITY].flatMap((value) => [float32Text(value), numberText(value)])).toEqual([
    'null',
    'null',
    'null',
    'null',
  ])
})
