import { expect, test } from 'vitest'
import { drawBars, drawShares } from './explanation-bars.ts'

const plain = { tone: (text: string) => text, dim: (text: string) => text }

test('bars grow to the right and to the left of one line, the largest first', () => {
  const lines = drawBars(
    [
      { name: 'origin', input: 'ORD', value: -0.2 },
      { name: 'hour', input: 21, value: 0.4 },
      { name: 'weekday', input: 2, value: 0 },
    ],
    plain,
  )
  expect(lines).toEqual([
    `  hour     21   +0.4  ${' '.repeat(16)}│${'█'.repeat(16)}`,
    `  origin   ORD  -0.2  ${' '.repeat(8)}${'█'.repeat(8)}│`,
    `  weekday  2       0  ${' '.repeat(16)}│`,
  ])
})

test('a small contribution is still seen, and what does not fit is counted', () => {
  const many = Array.from({ length: 18 }, (_, i) => ({ name: `c${i}`, value: i === 0 ? 100 : 0.01 }))
  const lines = drawBars(many, plain)
  expect(lines).toHaveLength(16)
  expect(lines[1]).toMatch(/│▏$/)
  expect(lines.at(-1)).toBe('  3 more, together 0.03')
})

test('texts of others do not steer the terminal', () => {
  const [line] = drawBars([{ name: 'a\u001B[2Jb', input: 'x\ny', value: 1 }], plain)
  // oxlint-disable-next-line no-control-regex
  expect(line).not.toMatch(/[\u0000-\u001F]/)
})

test('shares are bars of one length together with their percentage', () => {
  expect(
    drawShares(
      [
        { name: 'hour', share: 0.75 },
        { name: 'origin', share: 0.25 },
      ],
      plain,
    ),
  ).toEqual([`  hour     75.0 %  ${'█'.repeat(32)}`, `  origin   25.0 %  ${'█'.repeat(10)}▋`])
})
