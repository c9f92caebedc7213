import type { SignatureInput } from '@seaworthy/api/version-documents'
import { expect, test } from 'vitest'
import { draftOf, instanceOf } from './try-it-form.ts'

const input = (name: string, type: SignatureInput['type'], more: Partial<SignatureInput> = {}): SignatureInput => ({
  ...{ name, type, nullable: false },
  ...more,
})
const INPUTS = [
  input('hour', 'integer', { min: 0, max: 23 }),
  input('distance', 'number', { min: 11, max: 5_000 }),
  input('origin', 'category', { categories: ['LAS', 'SFO'] }),
  input('direct', 'boolean'),
  input('remark', 'text', { nullable: true }),
  input('pixels', 'tensor', { shape: [2] }),
]

test('a form begins with a row of the sample, and becomes the same instance again', () => {
  const row = { hour: 9, distance: 590.5, origin: '007', direct: true, remark: 'true', pixels: [0.5, 1] }
  expect(instanceOf(INPUTS, draftOf(INPUTS, row))).toEqual(row)
})

test('without a row a field begins inside what the training data had, and one that may be missing is', () => {
  expect(instanceOf(INPUTS, draftOf(INPUTS, undefined))).toEqual({
    ...{ hour: 12, distance: 2_505.5, origin: 'LAS', direct: false, remark: null, pixels: [0, 0] },
  })
})

test('what is no number, or no JSON, is sent as it was typed', () => {
  const draft = { hour: 'noon', distance: '', origin: '', direct: 'false', remark: undefined, pixels: '[1,' }
  expect(instanceOf(INPUTS, draft)).toEqual({
    ...{ hour: 'noon', distance: '', origin: '', direct: false, remark: null, pixels: '[1,' },
  })
})
