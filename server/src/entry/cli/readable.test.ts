import { expect, test } from 'vitest'
import {
  readableBytes,
  readableDuration,
  readableFields,
  readableNumber,
  readableNumberOf,
  readableTime,
  readableValue,
} from './readable.ts'
import { TimeOption } from './time-option.ts'

test('numbers, sizes and times are short and keep what matters', () => {
  expect([0.000012346, 0.5, 12.3456, 1234.5, 1_000_000].map(readableNumber)).toEqual([
    '0.00001235',
    '0.5',
    '12.35',
    '1,235',
    '1,000,000',
  ])
  expect([0, 999, 1_000, 12_345_678, 5e12].map(readableBytes)).toEqual(['0 B', '999 B', '1.0 kB', '12.3 MB', '5.0 TB'])
  expect([320, 4_230, 59_600, 185_000, 7_800_000, 23_223_780_000].map(readableDuration)).toEqual([
    '320 ms',
    '4.2 s',
    '1 min 0 s',
    '3 min 5 s',
    '2 h 10 min',
    '268 d 19 h',
  ])
  expect(readableTime(Date.UTC(2026, 2, 1, 14, 5, 9))).toBe('2026-03-01 14:05:09')
  expect([1, 2].map((count) => readableNumberOf(count, 'outcome'))).toEqual(['1 outcome', '2 outcomes'])
})

test('values of any kind fit on a short line', () => {
  expect(readableValue({ late: 0.123456789 })).toBe('{"late":0.12346}')
  expect(readableValue('x'.repeat(100), 10)).toBe('xxxxxxxxx…')
  expect(readableFields({ hour: 9, origin: 'LAS' })).toBe('hour 9, origin LAS')
})

test('a time is a date, a moment in UTC, or how long ago', () => {
  expect(TimeOption.parse('2026-03-01')).toBe(Date.UTC(2026, 2, 1))
  expect(TimeOption.parse('2026-03-01T14:05')).toBe(Date.UTC(2026, 2, 1, 14, 5))
  expect(TimeOption.parse('2026-03-01T14:05+01:00')).toBe(Date.UTC(2026, 2, 1, 13, 5))
  expect(Math.abs(TimeOption.parse('2h') - (Date.now() - 7_200_000))).toBeLessThan(1_000)
  expect(TimeOption.safeParse('yesterday').success).toBe(false)
})
