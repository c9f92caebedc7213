/**
 * What commands print, for people: short lines, aligned columns, colour only where there is a terminal that wants it. Under
 * `--json` none of it appears, and one JSON document does.
 */
import { styleText } from 'node:util'

const PROGRESS_MS_MIN = 100
const PROGRESS_PLAIN_MS_MIN = 5_000
const BAR_CELLS = 24

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

export interface Terminal {
  line(text?: string): void
  /** Something that was done. */
  done(text: string): void
  /** Something that the user should know and that stops nothing. */
  warn(text: string): void
  /** What to do next: each a command or an address. */
  next(...steps: string[]): void
  /** Names and values in two columns. */
  pairs(entries: readonly (readonly [string, string])[]): void
  table(head: readonly string[], rows: readonly (readonly string[])[]): Promise<void>
  progress(label: string): Progress
  bold(text: string): string
  dim(text: string): string
  /** Colours for a verdict: good, bad, or open. */
  tone(text: string, tone: 'good' | 'bad' | 'open'): string
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
  return Object.freeze<Terminal>({
    line,
    done: (text) => line(`${style('green', '✓')} ${text}`),
    warn: (text) => line(`${style('yellow', '!')} ${text}`),
    next(...steps) {
      if (steps.length > 0) line(`\n${style('dim', 'Next:')} ${steps.join(style('dim', '\n      '))}`)
    },
    pairs(entries) {
      const width = Math.max(...entries.map(([name]) => name.length))
      for (const [name, value] of entries) line(`  ${style('dim', name.padEnd(width))}  ${value}`)
    },
    async table(head, rows) {
      if (quiet) return
      const { default: Table } = await import('cli-table3')
      const table = new Table({
        head: head.map((text) => style('dim', text)),
        style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
        chars: Object.fromEntries(
          ['top', 'bottom', 'left', 'right', 'mid']
            .flatMap((side) => ['', '-mid', '-left', '-right'].map((end) => [side + end, '']))
            .concat([['middle', '']]),
        ),
      })
      table.push(...rows.map((row) => row.map(singleLine)))
      line(indent(table.toString()))
    },
    progress: (label) => (quiet ? SILENT : createProgress(out, label, style)),
    bold: (text) => style('bold', text),
    dim: (text) => style('dim', text),
    tone: (text, tone) => style(({ good: 'green', bad: 'red', open: 'yellow' } as const)[tone], text),
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
/** Text of others (a name, a category, a reason) may hold control characters; in a terminal they could write anything. */
// oxlint-disable-next-line no-control-regex
export const singleLine = (text: string) => text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ')
