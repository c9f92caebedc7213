/**
 * What commands print, for people: short lines, aligned columns, colour only where there is a terminal that wants it. Under
 * `--json` none of it appears, and one JSON document does.
 */
import { stripVTControlCharacters, styleText } from 'node:util'
import { type Column, displayWidth, fitColumns } from './table-layout.ts'

const PROGRESS_MS_MIN = 100
const PROGRESS_PLAIN_MS_MIN = 5_000
const BAR_CELLS = 24
/** Blanks before a table and between its columns. */
const INDENT = 2
const GAP = 2

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** Colours for a verdict: good, bad, or open. */
export type Tone = 'good' | 'bad' | 'open'
/** Text of a table or a pair, which may be anybody's: control characters in it are taken out before it is coloured. */
export type Cell = string | { readonly text: string; readonly tone: Tone }

export interface Terminal {
  line(text?: string): void
  /** Text of another program, as it is; at a terminal without the characters that could steer it. */
  text(text: string): void
  /** Something that was done. */
  done(text: string): void
  /** Something that the user should know and that stops nothing. */
  warn(text: string): void
  /** What to do next: each a command or an address. */
  next(...steps: string[]): void
  /** Names and values in two columns. */
  pairs(entries: readonly (readonly [string, Cell])[]): void
  /** On a terminal that is too narrow, columns are shortened or left out as they say. */
  table(columns: readonly (string | Column)[], rows: readonly (readonly Cell[])[]): Promise<void>
  progress(label: string): Progress
  bold(text: string): string
  dim(text: string): string
  tone(text: string, tone: Tone): string
}
export interface Progress {
  /** `total` 0 is unknown. */
  update(done: number, total: number, note?: string): void
  end(): void
}

export function createTerminal(out: Output, { color, quiet }: { color: boolean; quiet: boolean }): Terminal {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(format, text, { validateStream: false }) : text
  const line = (text = '') => void (quiet || out.write(`${text}\n`))
  const tone = (text: string, of: Tone) => style(({ good: 'green', bad: 'red', open: 'yellow' } as const)[of], text)
  const shown = (cell: Cell) => (typeof cell === 'string' ? singleLine(cell) : tone(singleLine(cell.text), cell.tone))
  return Object.freeze<Terminal>({
    line,
    text: (text) => line((out.isTTY === true ? text.split('\n').map(plainLine).join('\n') : text).replace(/\n$/, '')),
    done: (text) => line(`${style('green', '✓')} ${text}`),
    warn: (text) => line(`${style('yellow', '!')} ${singleLine(text)}`),
    next(...steps) {
      if (steps.length > 0) line(`\n${style('dim', 'Next:')} ${steps.join(style('dim', '\n      '))}`)
    },
    pairs(entries) {
      const width = Math.max(...entries.map(([name]) => name.length))
      for (const [name, value] of entries) line(`  ${style('dim', name.padEnd(width))}  ${shown(value)}`)
    },
    async table(given, rows) {
      if (quiet) return
      const columns = given.map((column, at) => {
        const told: Column = typeof column === 'string' ? { title: column } : column
        const width = Math.max(displayWidth(told.title), ...rows.map((row) => displayWidth(singleLine(textOf(row[at]!)))))
        return { ...told, at, width }
      })
      const filled = columns.filter(({ width }) => width > 0)
      const widths = fitColumns(filled, out.isTTY === true ? (out.columns ?? 80) - INDENT : Number.POSITIVE_INFINITY, GAP)
      const kept = filled.filter((_, i) => widths[i]! > 0)
      const table = await createTable(widths.filter((width) => width > 0))
      table.push(kept.map(({ title }) => style('dim', title)))
      table.push(...rows.map((row) => kept.map(({ at }) => shown(row[at]!))))
      line(indent(table.toString()))
      if (kept.length < filled.length) line(style('dim', '  (a wider terminal shows more columns, --json everything)'))
    },
    progress: (label) => (quiet ? SILENT : createProgress(out, label, style)),
    bold: (text) => style('bold', text),
    dim: (text) => style('dim', text),
    tone,
  })
}

const textOf = (cell: Cell) => (typeof cell === 'string' ? cell : cell.text)

/** Rows without lines around them; what is wider than its column ends in `…`. */
async function createTable(widths: readonly number[]) {
  const { default: Table } = await import('cli-table3')
  return new Table({
    colWidths: widths.map((width) => width + GAP),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    chars: Object.fromEntries(
      ['top', 'bottom', 'left', 'right', 'mid']
        .flatMap((side) => ['', '-mid', '-left', '-right'].map((end) => [side + end, '']))
        .concat([['middle', '']]),
    ),
  })
}

const SILENT: Progress = Object.freeze({ update() {}, end() {} })

/** One line that is rewritten on a terminal; where there is none, a line every few seconds. */
function createProgress(out: Output, label: string, style: (format: 'cyan' | 'dim', text: string) => string): Progress {
  let shownAt = 0
  let shown = false
  return Object.freeze<Progress>({
    update(done, total, note = '') {
      const now = Date.now()
      if (now - shownAt < (out.isTTY === true ? PROGRESS_MS_MIN : PROGRESS_PLAIN_MS_MIN)) return
      const first = shownAt === 0
      shownAt = now
      const share = total > 0 ? Math.min(1, done / total) : 0
      const percent = total > 0 ? `${Math.floor(share * 100)} %` : ''
      if (out.isTTY === true) {
        const filled = Math.round(share * BAR_CELLS)
        const bar = total > 0 ? `${style('cyan', '━'.repeat(filled))}${style('dim', '━'.repeat(BAR_CELLS - filled))} ` : ''
        const room = Math.max(10, (out.columns ?? 80) - label.length - BAR_CELLS - 14)
        out.write(`\r\u001B[2K  ${label} ${bar}${percent} ${style('dim', singleLine(note).slice(0, room))}`)
        shown = true
      } else if (!first) out.write(`  ${[label, percent, singleLine(note)].filter((part) => part !== '').join(' ')}\n`)
    },
    end() {
      if (shown) out.write('\r\u001B[2K')
      shown = false
    },
  })
}

const indent = (text: string) =>
  text
    .split('\n')
    .map((row) => `  ${row.trimEnd()}`)
    .join('\n')
const BREAKS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g
/** Characters that steer a terminal, or turn the direction of what is read. */
// oxlint-disable-next-line no-control-regex
const STEERING = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g
/**
 * Text of others (a name, a category, a reason) may hold control characters; in a terminal they could write anything. Here they
 * are shown as what they are, `\u001b`, so that two names that differ in one do not look the same.
 */
export const singleLine = (text: string) =>
  text.replaceAll(BREAKS, ' ').replaceAll(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
/** A line of another program. Of one that was written over, such as a bar of progress, what it was at last. */
export const plainLine = (line: string) =>
  singleLine(
    stripVTControlCharacters(line)
      .trimEnd()
      .replace(/^[^]*\r/, ''),
  )
