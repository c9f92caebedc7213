import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { suggest } from '../src/features/collaboration/schema-completion.ts'

const file = path.join(import.meta.dirname, '../../docs/reference/seaworthy.schema.json')
const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
const texts = (typed: string) => suggest(schema, typed.split('\n')).items.map(({ text }) => text)

test('keys of the mapping that the cursor is in, by indentation', () => {
  expect(texts('na')).toEqual(['name'])
  expect(texts('serving:\n  mo')).toEqual(['mode'])
  expect(texts('name: x\nmaintenance:\n  release:\n    ')).toContain('approvals')
})

test('keys inside braces', () => {
  expect(texts('maintenance: { release: { app')).toEqual(['approvals'])
  expect(texts('maintenance: { release: { approvals: 1 }, rev')).toEqual(['review-by'])
})

test('values of a key, in a block, in braces and in a list', () => {
  expect(texts('serving:\n  mode: ')).toEqual(['realtime', 'batch', 'stream'])
  expect(texts('serving: { mode: st')).toEqual(['stream'])
})

test('every suggestion says what it is for, where the schema does', () => {
  const { items, from } = suggest(schema, ['pur'])
  expect(items).toEqual([{ text: 'purpose', kind: 'key', about: 'Who decides what with it.' }])
  expect(from).toBe(0)
})

test('nothing in a comment, in a quoted text and at a place that the schema does not know', () => {
  expect(texts('# na')).toEqual([])
  expect(texts('name: "na')).toEqual([])
  expect(texts('nowhere:\n  at')).toEqual([])
})
