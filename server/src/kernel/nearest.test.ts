import { expect, test } from 'vitest'
import { nearest } from './nearest.ts'

test('a misspelt word finds the one that was meant', () => {
  const keys = ['quality', 'slices', 'latency', 'stability', 'explain']
  expect(nearest('qualty', keys)).toBe('quality')
  expect(nearest('latnecy', keys)).toBe('latency')
  expect(nearest('Slice', keys)).toBe('slices')
})

test('a word that is near nothing finds nothing', () => {
  expect(nearest('colour', ['quality', 'slices'])).toBeUndefined()
  expect(nearest('x', ['quality'])).toBeUndefined()
})
