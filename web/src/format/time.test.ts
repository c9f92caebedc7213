import { expect, test } from 'vitest'
import { formatRelative, formatSpan, formatTime } from './time.ts'

const AT = Date.UTC(2026, 2, 1, 23, 5, 9)
const HOUR_MS = 3_600_000

test('a time is written in the chosen zone, the day of a span once', () => {
  expect([formatTime(AT, 'UTC'), formatTime(AT, 'Asia/Tokyo', 'second'), formatTime(AT, 'UTC', 'day')]).toEqual([
    '2026-03-01 23:05',
    '2026-03-02 08:05:09',
    '2026-03-01',
  ])
  expect(formatSpan(AT, AT + HOUR_MS / 2, 'UTC')).toBe('2026-03-01 23:05 – 23:35')
  expect(formatSpan(AT, AT + HOUR_MS, 'UTC')).toBe('2026-03-01 23:05 – 2026-03-02 00:05')
})

test('how long ago is told in one unit', () => {
  const told = [0, -12_000, -125_000, -2 * HOUR_MS, 50 * HOUR_MS].map((ms) =>
    formatRelative(AT + ms, AT).replaceAll('\u202F', ' '),
  )
  expect(told).toEqual(['just now', '12 s ago', '2 min ago', '2 h ago', 'in 2 d'])
})
