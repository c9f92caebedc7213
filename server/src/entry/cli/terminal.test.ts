import { expect, test } from 'vitest'
import { displayWidth, fitColumns } from './table-layout.ts'
import { type Cell, createTerminal } from './terminal.ts'

function printed(columns: number | undefined, color = false) {
  let text = ''
  const out = { write: (part: string) => (text += part), isTTY: columns !== undefined, columns }
  return { terminal: createTerminal(out, { color, quiet: false }), text: () => text }
}
const COLUMNS = ['id', { title: 'of', widthMin: 10 }, { title: 'why', widthMin: 10, optional: true }]
const ROWS: Cell[][] = [
  ['1', 'a/very/long/place/indeed', 'because it had to be so'],
  ['2', 'short', 'no'],
]

test('a table keeps to the width of the terminal: it shortens, then leaves out, and says so', async () => {
  const wide = printed(80)
  await wide.terminal.table(COLUMNS, ROWS)
  expect(wide.text()).toBe(
    '  id  of                        why\n  1   a/very/long/place/indeed  because it had to be so\n  2   short                     no\n',
  )
  const narrow = printed(40)
  await narrow.terminal.table(COLUMNS, ROWS)
  expect(narrow.text()).toBe(
    '  id  of                why\n  1   a/very/long/pla…  because it had …\n  2   short             no\n',
  )
  const thin = printed(24)
  await thin.terminal.table(COLUMNS, ROWS)
  expect(thin.text()).toMatch(/^ {2}id {2}of\n {2}1 {3}a\/very\/long\/pl?.*…\n {2}2 {3}short\n {2}\(a wider/)
  const file = printed(undefined)
  await file.terminal.table(COLUMNS, ROWS)
  expect(file.text()).toContain('a/very/long/place/indeed  because it had to be so')
})

test('colours take no room, and nobody else can steer the terminal', async () => {
  const { terminal, text } = printed(80, true)
  await terminal.table(
    ['state', 'name'],
    [
      [{ text: 'failed', tone: 'bad' }, 'a\u001B[2Jb'],
      [{ text: 'ok\u001B[31m', tone: 'good' }, 'c'],
    ],
  )
  terminal.pairs([['name', 'x\u0007y']])
  terminal.warn('column \u001B]0;title\u0007 is odd')
  const lines = text().split('\n')
  expect(lines[1]).toBe('  \u001B[31mfailed\u001B[39m        a\\u001b[2Jb')
  expect(lines[2]).toBe('  \u001B[32mok\\u001b[31m\u001B[39m  c')
  // oxlint-disable-next-line no-control-regex
  expect(text().replaceAll(/\u001B\[\d+m/g, '')).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/)
})

test('the log of another program loses its colours and its overwritten lines at a terminal, and is whole in a file', () => {
  const log = 'a\n10%\r20%\r30%\r\n\u001B[31mred\u001B[0m\n'
  const shown = printed(80)
  shown.terminal.text(log)
  expect(shown.text()).toBe('a\n30%\nred\n')
  const file = printed(undefined)
  file.terminal.text(log)
  expect(file.text()).toBe(log)
})

test('what cannot be fitted is left as it is, and wide letters count twice', () => {
  expect(fitColumns([{ title: 'id', width: 30 }], 20, 2)).toEqual([30])
  expect(
    fitColumns(
      [
        { title: 'a', width: 10 },
        { title: 'b', width: 30, widthMin: 5 },
        { title: 'c', width: 20, widthMin: 5 },
      ],
      40,
      2,
    ),
  ).toEqual([10, 13, 13])
  expect([displayWidth('Århus'), displayWidth('東京'), displayWidth('👍🏽 ok'), displayWidth('é')]).toEqual([5, 4, 5, 1])
})
