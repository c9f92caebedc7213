import { expect, test } from 'vitest'
import { createProgressReader, createTrainingLog, type TrainingProgress } from './training-log.ts'

test('a log is kept whole up to its limit', () => {
  const log = createTrainingLog(12)
  log.append(Buffer.from('one\n'))
  log.append(Buffer.from('two\nthr\n'))
  expect(log.bytes().toString()).toBe('one\ntwo\nthr\n')
  expect(log.end(2)).toBe('two\nthr')
})

test('beyond its limit the end is kept, from the beginning of a line, and the cut is marked', () => {
  for (const sizes of [[1], [3], [50], [7, 1, 30]]) {
    const log = createTrainingLog(20)
    const text = Array.from({ length: 10 }, (_, i) => `line ${i}\n`).join('')
    for (let at = 0, i = 0; at < text.length; i++) {
      const size = sizes[i % sizes.length]!
      log.append(Buffer.from(text.slice(at, at + size)))
      at += size
    }
    expect(log.bytes().toString()).toBe('[56 bytes before this were cut]\nline 8\nline 9\n')
  }
})

test('the end is short, however long its lines are', () => {
  const log = createTrainingLog()
  log.append(Buffer.from(`first\n${'x'.repeat(100_000)}\nlast\n\n`))
  expect(log.end(2, 10)).toBe(`${'x'.repeat(10)}…\nlast`)
  expect(createTrainingLog().end(20)).toBe('')
})

test('lines of progress are heard wherever the stream is cut, and nothing else is', () => {
  const text = [
    '::progress {"done":1,"total":10,"note":"epoch\\n1"}',
    'loss 0.3 ::progress {"done":2}',
    '::progress {"done":"three"}',
    '::progress not json',
    `::progress {"done":4,"note":"${'x'.repeat(20_000)}"}`,
    '::progress {"done":5}\r',
    '',
  ].join('\n')
  for (const size of [1, 7, 1_000, text.length]) {
    const heard: TrainingProgress[] = []
    const read = createProgressReader((at) => heard.push(at))
    for (let at = 0; at < text.length; at += size) read(Buffer.from(text.slice(at, at + size)))
    expect(heard).toEqual([
      { done: 1, total: 10, note: 'epoch 1' },
      { done: 5, total: 0 },
    ])
  }
})
