import { expect, test } from 'vitest'
import {
  formatAmount,
  formatBytes,
  formatDifference,
  formatDuration,
  formatInterval,
  formatNumber,
  formatShare,
  formatWithUnit,
} from './number.ts'

const plain = (text: string) => text.replaceAll('\u202F', ' ')

test('numbers have three digits that say something, and no more', () => {
  const shown = [0, 0.01234, 1.2345, 12.345, 1_234.5, 1_234_567, -0.5, 1e-7, 1.5e12, Number.NaN, Number.NEGATIVE_INFINITY]
  expect(shown.map((value) => formatNumber(value))).toEqual([
    '0',
    '0.0123',
    '1.23',
    '12.3',
    '1,235',
    '1,234,567',
    '−0.500',
    '1.00e-7',
    '1.50e+12',
    'not a number',
    '−∞',
  ])
  expect(formatNumber(undefined)).toBe('–')
  expect(formatDifference(0.5)).toBe('+0.500')
  expect(formatInterval(0.7121, 0.6983, 0.7264)).toBe('0.712 (0.698 to 0.726)')
})

test('a small share is not told as none, a large one not as all', () => {
  expect([0, 0.000001, 0.005, 0.0512, 0.5, 0.999, 1].map((share) => plain(formatShare(share)))).toEqual([
    '0 %',
    '< 0.01 %',
    '0.50 %',
    '5.1 %',
    '50 %',
    '99.9 %',
    '100 %',
  ])
})

test('lengths of time and sizes come in the unit that fits', () => {
  expect([0.0123, 0.85, 12.34, 4_500, 125_000, 7_500_000, 273_600_000].map((ms) => plain(formatDuration(ms)))).toEqual([
    '12 µs',
    '850 µs',
    '12.3 ms',
    '4.50 s',
    '2 min 5 s',
    '2 h 5 min',
    '3 d 4 h',
  ])
  expect([0, 999, 37_500, 4.2e9].map((bytes) => plain(formatBytes(bytes)))).toEqual(['0 B', '999 B', '37.5 kB', '4.20 GB'])
  expect([plain(formatWithUnit(20, 'ms')), plain(formatWithUnit(3.5, 'rows')), formatAmount(1, 'row')]).toEqual([
    '20 ms',
    '3.50 rows',
    '1 row',
  ])
})
