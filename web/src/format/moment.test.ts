import { expect, test } from 'vitest'
import { momentOf, momentText } from './moment.ts'

test('a day, a minute and a second, in the zone', () => {
  expect(momentOf('2026-03-01', 'UTC')).toBe(Date.UTC(2026, 2, 1))
  expect(momentOf('2026-03-01 14:05', 'Europe/Paris')).toBe(Date.UTC(2026, 2, 1, 13, 5))
  expect(momentOf(' 2026-07-01T14:05:30 ', 'America/New_York')).toBe(Date.UTC(2026, 6, 1, 18, 5, 30))
})

test('around a change of clocks', () => {
  expect(momentOf('2026-03-29 01:59', 'Europe/Paris')).toBe(Date.UTC(2026, 2, 29, 0, 59))
  expect(momentOf('2026-03-29 03:00', 'Europe/Paris')).toBe(Date.UTC(2026, 2, 29, 1, 0))
})

test('no moment', () => {
  for (const text of ['', 'yesterday', '2026-02-30', '2026-13-01', '2026-03-01 24:00', '2026-03-01 14:60'])
    expect(momentOf(text, 'UTC')).toBeUndefined()
})

test('what is shown is what is read again', () => {
  for (const text of ['2026-03-01', '2026-03-01 14:05', '2026-03-01 14:05:30'])
    expect(momentText(momentOf(text, 'Asia/Kolkata')!, 'Asia/Kolkata')).toBe(text)
})
